import { fluxSchema } from '../lib/charts/config.ts'
import { modeSchema, reasonSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { InvalidReference, parseReference } from '../lib/kubernetes/image-reference.ts'
import { placeSchema } from './places/schema.ts'

const NAME = '(?:[A-Za-z0-9._-]+|\\[[A-Fa-f0-9:]+\\])(?::[0-9]+)?(?:/[a-z0-9._-]+)*'
const prefixSchema = z
  .string()
  .check(z.regex(new RegExp(`^${NAME}$`), 'a registry, namespace or repository such as quay.io/coreos'))

const mirrorsSchema = z.record(
  z
    .string()
    .check(
      z.regex(new RegExp(`^(?:\\*|${NAME})$`), 'a registry, namespace or repository such as quay.io/coreos, or *'),
    ),
  prefixSchema,
)

const lockKeySchema = z
  .string()
  .check(z.refine(isLockKey, 'an image reference without a digest, such as grafana/mimir:3.0.0'))

function isLockKey(key: string): boolean {
  const reference = parseReference(key)
  return !(reference instanceof InvalidReference) && reference.digest === undefined
}

const digestSchema = z
  .string()
  .check(z.regex(/^sha256:[a-f0-9]{64}$/, 'a digest, sha256: and 64 lower-case hexadecimal digits'))

const internalSchema = z.strictObject({
  reason: z.optional(z.string()).check(z.describe('Why it is not mirrored, for people who read the policy')),
})

const exceptionSchema = z.strictObject({ reason: reasonSchema })

const pullSecretSchema = z.strictObject({
  on: z
    ._default(z.enum(['pods', 'serviceAccounts']), 'pods')
    .check(
      z.describe(
        '`pods`: every pod that pulls from a mirror, and custom resources that take pull secrets; `serviceAccounts`: every ServiceAccount of the build, and such pods that name pull secrets of their own',
      ),
    ),
})

export const imageMirrorDigestSchema = z.strictObject({
  mode: modeSchema,
  flux: z.optional(fluxSchema),
  mirrors: z
    ._default(mirrorsSchema, {})
    .check(
      z.describe(
        'Source prefix to target prefix, the longest wins; what follows the prefix is kept. `*` stands for every name, which is kept whole',
      ),
    ),
  internal: z
    ._default(z.record(prefixSchema, internalSchema), {})
    .check(z.describe('Prefixes that stay where they are: what you build yourself, or trust as it is')),
  digests: z
    ._default(z.record(lockKeySchema, digestSchema), {})
    .check(
      z.describe('The lock: source reference to digest. A key without a tag serves whichever tag the manifest names'),
    ),
  keepTag: z._default(z.boolean(), false).check(z.describe('Keeps the tag in front of the digest, for people to read')),
  allowTag: z
    ._default(z.record(z.string().check(z.minLength(1)), exceptionSchema), {})
    .check(
      z.describe(
        'Source references that may run without a digest, with or without their tag, and images with a placeholder, each with the reason',
      ),
    ),
  imagePullSecrets: z
    ._default(z.record(z.string().check(z.minLength(1)), pullSecretSchema), {})
    .check(z.describe('Secrets with the credentials of the mirrors, by name; each namespace must have them')),
  places: z
    ._default(z.record(z.string(), placeSchema), {})
    .check(z.describe('Further places that hold images, each under a name of your own')),
  audit: z
    ._default(z.boolean(), true)
    .check(z.describe('Warns about any other string that looks like an image of a known source registry')),
  auditExceptions: z
    ._default(z.record(z.string().check(z.minLength(1)), exceptionSchema), {})
    .check(z.describe('Strings, `*` allowed, that the audit may find, and why no pod runs them')),
  unusedLock: z
    ._default(z.enum(['ignore', 'warn', 'error']), 'warn')
    .check(
      z.describe(
        'How to report lock entries that no image in the build uses; `ignore` is for a lock that many stacks share',
      ),
    ),
})
export type ImageMirrorDigestSpec = z.infer<typeof imageMirrorDigestSchema>
