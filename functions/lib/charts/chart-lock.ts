import { API_VERSION } from '../framework/config.ts'
import * as z from '../framework/lazy-zod.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { digestOf } from './canonical-json.ts'

/** Written in place of a digest that no registry was asked for. */
export const UNKNOWN = 'unknown'

const digest = z
  .string()
  .check(z.regex(/^(?:sha256:[a-f0-9]{64}|unknown)$/, 'sha256: and 64 hexadecimal digits, or unknown'))

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.optional(z.string()) }),
})

/** `spec` of a ChartLock. */
export const chartLockSchema = z.strictObject({
  chart: z.strictObject({
    url: z.string().check(z.describe('Where the chart comes from: `oci://…`, or the repository and the chart')),
    version: z.string().check(z.describe('Exact version that was rendered')),
    digest: digest.check(z.describe('Digest of the chart in its registry, or `unknown`')),
  }),
  release: z.strictObject({
    name: z.string().check(z.describe('Name of the Helm release')),
    namespace: z.string().check(z.describe('Namespace of the Helm release')),
  }),
  values: digest.check(z.describe('Digest of the values in canonical JSON, with the texts of `valuesFrom`')),
  valuesByKey: z
    .optional(z.record(z.string(), digest))
    .check(z.describe('Digest of each of `spec.values`, to say which one changed')),
  helm: z.string().check(z.describe('Version of Helm that rendered it')),
  kubernetes: z.string().check(z.describe('Version of Kubernetes that it was rendered for')),
  apiVersions: z
    .optional(z.array(z.string()))
    .check(z.describe('What the API had besides that of Kubernetes, for charts that ask: `monitoring.coreos.com/v1`')),
  digest: digest.check(z.describe('Digest of `objects` in canonical JSON')),
  crds: z
    .optional(z.array(z.string()))
    .check(z.describe('CustomResourceDefinitions in the `crds` folder of the chart, by name')),
  objects: z.array(objectSchema).check(z.describe('What the chart renders, in its order, as far as functions read it')),
})

/** What a chart renders for one release, reviewed and committed like any other lock. */
export interface ChartLock {
  /** The object that holds it. */
  object: KubernetesObject
  chart: { url: string; version: string; digest: string }
  release: { name: string; namespace: string }
  values: string
  /** Digest of each value by its first key. */
  valuesByKey?: Readonly<Record<string, string>> | undefined
  helm: string
  kubernetes: string
  digest: string
  /** Definitions that Helm installs before everything else, and that no post-renderer sees. */
  crds?: string[] | undefined
  objects: KubernetesObject[]
}

export const CHART_LOCK = 'ChartLock'
export const isChartLock = (object: { apiVersion: string; kind: string }): boolean =>
  object.apiVersion === API_VERSION && object.kind === CHART_LOCK

/** May a text hold a ChartLock, in YAML or JSON? */
export const mentionsChartLock = (text: string): boolean => /\bkind["']?\s*:\s*["']?ChartLock\b/.test(text)

/** Is this the lock of a HelmRelease? One that names no namespace is of a release of that name in any. */
export const isLockOf = (lock: KubernetesObject, release: KubernetesObject): boolean =>
  lock.metadata.name === release.metadata.name &&
  (lock.metadata.namespace === undefined || lock.metadata.namespace === release.metadata.namespace)

/** Does the digest match the objects? It does not if the lock was edited by hand. */
export const isIntact = (lock: ChartLock): boolean => lock.digest === digestOf(lock.objects)
