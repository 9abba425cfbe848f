import * as z from '../lib/framework/lazy-zod.ts'
import { DURATION } from './tree/durations.ts'

/** Why something is allowed; it appears in the results. */
export const reasonSchema = z.string().check(z.minLength(1), z.describe('Why; shown in the results'))

const durationSchema = z.string().check(z.regex(DURATION, 'a duration such as 5m or 1h30m'))
const reasoned = (what: string) => z.strictObject({ reason: reasonSchema }).check(z.describe(what))

export const TIERS = ['critical', 'core', 'standard'] as const
export type Tier = (typeof TIERS)[number]

const tierSchema = z.enum(TIERS)

const interval = (fallback: string) =>
  z.optional(durationSchema).check(z.describe(`Longest interval of this tier; \`${fallback}\` unless set`))

const ingressSchema = z.strictObject({
  internal: z.optional(z.string()).check(z.describe('Class that is reached from inside only; `internal` unless set')),
  external: z.optional(z.string()).check(z.describe('Class that is reached from the internet; `external` unless set')),
  annotation: z
    .optional(z.string())
    .check(
      z.describe('Annotation that every external Ingress needs; `external-dns.alpha.kubernetes.io/target` unless set'),
    ),
  allowed: z
    .optional(z.record(z.string(), reasoned('An Ingress that may be external')))
    .check(z.describe('What may be reached from the internet, by `name` or `namespace/name`')),
})

/** What the rules judge by, besides their severities. */
export const policyShape = {
  tiers: z
    .optional(z.record(z.string(), tierSchema))
    .check(
      z.describe(
        'Tiers of namespaces, by name. `flux-system`, `kube-system`, `cert-manager`, `external-secrets` and `network` are `critical`, `storage`, `monitoring` and `databases` are `core` unless set; all others are `standard`',
      ),
    ),
  intervals: z
    .optional(z.strictObject({ critical: interval('5m'), core: interval('15m'), standard: interval('1h') }))
    .check(z.describe('How long Flux may take to notice a change')),
  timeout: z
    .optional(durationSchema)
    .check(z.describe('The timeout that `fix` gives Kustomizations without one; `5m` unless set')),
  retries: z
    .optional(z.int().check(z.minimum(1)))
    .check(z.describe('The number of retries that `fix` gives HelmReleases without a finite one; `3` unless set')),
  ingress: z.optional(ingressSchema).check(z.describe('The two classes of Ingress')),
  legacySecrets: z
    .optional(z.record(z.string(), reasoned('A Secret that SOPS encrypts')))
    .check(z.describe('Secrets encrypted with SOPS that may stay, by `name` or `namespace/name`')),
  sources: z.optional(z.string()).check(z.describe('Folder that sources belong in; `flux/meta/repos` unless set')),
  existing: z
    .optional(
      z.record(z.string().check(z.regex(/^[^/]+\/(?:[^/]+\/)?[^/]+$/, 'Kind/namespace/name')), reasoned('An object')),
    )
    .check(
      z.describe(
        'What Flux objects may name although the tree does not make it, by `Kind/namespace/name`, or `Namespace/name`',
      ),
    ),
}

const policySchema = z.strictObject(policyShape)
export type PolicySpec = z.infer<typeof policySchema>

const BUILT_IN_TIERS: Readonly<Record<string, Tier>> = {
  'flux-system': 'critical',
  'kube-system': 'critical',
  'cert-manager': 'critical',
  'external-secrets': 'critical',
  network: 'critical',
  storage: 'core',
  monitoring: 'core',
  databases: 'core',
}
const INTERVALS: Readonly<Record<Tier, string>> = { critical: '5m', core: '15m', standard: '1h' }

/** The tier of what runs in a namespace, and the longest interval that it allows. */
export function tierOf(policy: PolicySpec, namespace: string | undefined): { tier: Tier; interval: string } {
  const tier = policy.tiers?.[namespace ?? ''] ?? BUILT_IN_TIERS[namespace ?? ''] ?? 'standard'
  return { tier, interval: policy.intervals?.[tier] ?? INTERVALS[tier] }
}

export const timeoutOf = ({ timeout = '5m' }: PolicySpec): string => timeout
export const retriesOf = ({ retries = 3 }: PolicySpec): number => retries
export const sourcesFolderOf = ({ sources = 'flux/meta/repos' }: PolicySpec): string => sources

/** The classes of Ingress and the annotation of external ones. */
export const ingressOf = ({ ingress }: PolicySpec): { internal: string; external: string; annotation: string } => ({
  internal: ingress?.internal ?? 'internal',
  external: ingress?.external ?? 'external',
  annotation: ingress?.annotation ?? 'external-dns.alpha.kubernetes.io/target',
})

type Named = { name: string; namespace?: string | undefined }

/** Is there an entry for the object, by `name` or `namespace/name`? */
export const isListed = (list: Readonly<Record<string, unknown>> | undefined, { name, namespace }: Named): boolean =>
  list !== undefined &&
  (Object.hasOwn(list, name) || (namespace !== undefined && Object.hasOwn(list, `${namespace}/${name}`)))

/** Does the policy say that something else makes this object? */
export const isExisting = ({ existing }: PolicySpec, kind: string, name: string, namespace?: string): boolean =>
  existing !== undefined && Object.hasOwn(existing, [kind, namespace, name].filter(Boolean).join('/'))
