import { offSchema, reasonSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'

/** The fields that every container gets; `omit` names those that one container does not get. */
export const FIELDS = [
  'privileged',
  'allowPrivilegeEscalation',
  'capabilities',
  'readOnlyRootFilesystem',
  'runAsUser',
  'runAsNonRoot',
  'seccompProfile',
] as const
export type Field = (typeof FIELDS)[number]

/** A user ID of Linux other than root's. */
const userIdSchema = z.int().check(z.minimum(1), z.maximum(2_147_483_647))
/** A user ID, or `off` if none is filled in: the image or the cluster chooses the user. */
export const userSchema = z.union([userIdSchema, offSchema])
/** A group ID of Linux other than root's, or `off`. */
export const groupSchema = z.union([userIdSchema, offSchema])

const quantitySchema = z.union([
  z.int().check(z.minimum(1)),
  z.string().check(z.regex(/^\d+(?:\.\d+)?(?:[kMGTPE]|[KMGTPE]i)?$/, 'a quantity such as 64Mi')),
])

const capabilitySchema = z.string().check(z.regex(/^(?!CAP_)[A-Z_]+$/, 'a capability in upper case, without CAP_'))
const mountPathSchema = z.string().check(z.regex(/^\/+[^:/][^:]*$/, 'an absolute path below /'))
const volumeSchema = z.strictObject({
  disk: z.optional(z.boolean()).check(z.describe('Keep the files on disk, not in memory')),
  sizeLimit: z
    .optional(quantitySchema)
    .check(z.describe('Size at which the pod is evicted; memory counts towards the limit of the container')),
})

const fieldsSchema = z.strictObject({
  runAsUser: z
    .optional(userSchema)
    .check(z.describe('User ID, which replaces that of the manifest; `off` fills none in')),
  omit: z
    .optional(z.array(z.enum(FIELDS)))
    .check(z.describe('Fields that are left as the manifest has them, set or unset; needs a reason')),
  addCapabilities: z
    .optional(z.array(capabilitySchema))
    .check(z.describe('Capabilities that the container adds; needs a reason')),
  privileged: z.optional(z.boolean()).check(z.describe('Run it privileged, or not; `true` needs a reason')),
  readOnlyRootFilesystem: z
    .optional(z.boolean())
    .check(z.describe('Mount its root file system read-only, or not; `false` needs a reason')),
  writable: z
    .optional(
      z.union([
        z.record(mountPathSchema, volumeSchema.check(z.describe('An absolute path and its volume'))),
        z.array(mountPathSchema),
      ]),
    )
    .check(z.describe('Paths that get an emptyDir in memory unless something is mounted there')),
  reason: z.optional(reasonSchema),
})
export type ContainerOverride = z.infer<typeof fieldsSchema>

/** Does it ask for less than every other container gets? */
export const weakens = ({ omit, addCapabilities, privileged, readOnlyRootFilesystem }: ContainerOverride): boolean =>
  omit !== undefined || addCapabilities !== undefined || privileged === true || readOnlyRootFilesystem === false

export const containerSchema = fieldsSchema.check(
  z.refine((override) => override.reason !== undefined || !weakens(override), {
    message:
      'a reason, because omit, addCapabilities, privileged: true and readOnlyRootFilesystem: false are exceptions',
    path: ['reason'],
  }),
  z.refine(({ omit = [], ...override }) => !omit.some((field) => Object.hasOwn(override, field)), {
    message: 'fields that this entry does not set itself',
    path: ['omit'],
  }),
  z.describe('What differs in this container'),
)
