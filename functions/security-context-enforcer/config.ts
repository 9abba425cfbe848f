import { fluxSchema } from '../lib/charts/config.ts'
import { modeSchema, reasonSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { LEVELS, NEWEST_MINOR, OLDEST_MINOR } from './checks/levels.ts'
import { containerSchema, groupSchema, userSchema } from './config-container.ts'
import { customResourceSchema } from './config-custom-resource.ts'
import { exceptionsSchema } from './config-exceptions.ts'

const VERSIONS = [
  'latest',
  ...Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, n) => `v1.${OLDEST_MINOR + n}`),
]
const levelSchema = z.enum(LEVELS)

const namespaceSchema = z
  .strictObject({
    level: z
      .optional(levelSchema)
      .check(z.describe('Level to enforce; a level laxer than every pod in the build meets needs a reason')),
    warn: z.optional(levelSchema).check(z.describe('Level below which the API server warns')),
    audit: z.optional(levelSchema).check(z.describe('Level below which requests are marked in the audit log')),
    reason: z.optional(reasonSchema),
  })
  .check(z.describe('What differs in this namespace'))
export type NamespaceSpec = z.infer<typeof namespaceSchema>

const fsGroupChangePolicySchema = z.enum(['OnRootMismatch', 'Always'])

const workloadSchema = z
  .strictObject({
    runAsUser: z
      .optional(userSchema)
      .check(z.describe('User ID of its containers, if neither they nor the pod set one; `off` fills none in')),
    fsGroup: z
      .optional(groupSchema)
      .check(z.describe('Group of its volumes, if the pod sets none; `off` if its volumes need none')),
    fsGroupChangePolicy: z
      .optional(fsGroupChangePolicySchema)
      .check(z.describe('When the kubelet changes the group of the files, if the pod does not say')),
  })
  .check(z.describe('What differs in this workload'))

const accountSchema = z
  .strictObject({ reason: reasonSchema })
  .check(z.describe('A ServiceAccount, by `name` or `namespace/name`'))

/** `spec` of a SecurityContextEnforcer. */
export const securityContextEnforcerSchema = z.strictObject({
  mode: modeSchema,
  flux: z.optional(fluxSchema),
  level: z
    ._default(z.enum(['restricted', 'baseline']), 'restricted')
    .check(z.describe('Level of the Pod Security Standards that every pod must meet')),
  version: z
    ._default(z.enum(VERSIONS), 'latest')
    .check(
      z.describe(
        `Kubernetes version whose policy applies; \`latest\` is ${VERSIONS.at(-1)}, others are written on namespaces`,
      ),
    ),
  runAsUser: z
    ._default(userSchema, 65532)
    .check(z.describe('User ID of containers, if neither they nor their pod set one; `off` fills none in')),
  fsGroup: z
    .optional(groupSchema)
    .check(
      z.describe(
        'Group of the volumes of pods that mount a claim, or files that others must not read, if the pod sets none; `off` if no volume needs one',
      ),
    ),
  fsGroupChangePolicy: z
    .optional(fsGroupChangePolicySchema)
    .check(z.describe('When the kubelet changes the group of the files of pods with an fsGroup, if they do not say')),
  automountServiceAccountToken: z
    ._default(z.enum(['all', 'serving', 'bound', 'none']), 'all')
    .check(
      z.describe(
        'In which pods it is set if they do not set it: `serving` are all but those of Jobs and CronJobs; `bound` are all, and only accounts with a RoleBinding or ClusterRoleBinding get a token',
      ),
    ),
  boundServiceAccounts: z
    .optional(z.record(z.string(), accountSchema))
    .check(z.describe('ServiceAccounts whose bindings are not in the build, by `name` or `namespace/name`')),
  workloads: z
    .optional(z.record(z.string(), workloadSchema))
    .check(z.describe('User and group of the pods of a workload, by its name or `Kind/name`')),
  containers: z
    .optional(z.record(z.string(), containerSchema))
    .check(z.describe('What differs in a container, by its name, `workload/container` or `Kind/workload/container`')),
  exceptions: z
    .optional(z.record(z.string(), exceptionsSchema))
    .check(z.describe('Checks that may fail, by the name of the workload or `Kind/name`')),
  namespaces: z
    .optional(z.record(z.string(), namespaceSchema))
    .check(z.describe('Levels that namespaces enforce, by name, if they differ from what their pods meet')),
  warn: z.optional(levelSchema).check(z.describe('Level below which the API server warns, in every namespace')),
  audit: z
    .optional(levelSchema)
    .check(z.describe('Level below which requests are marked in the audit log, in every namespace')),
  customResources: z
    .optional(z.record(z.string().check(z.regex(/^[^/]+\/[^/]+$/, 'group/Kind')), customResourceSchema))
    .check(z.describe('Custom resources whose operators create pods, by `group/Kind`')),
})
export type SecurityContextEnforcerSpec = z.infer<typeof securityContextEnforcerSchema>
