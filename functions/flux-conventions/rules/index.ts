import { apiVersion } from './api-version.ts'
import { build } from './build.ts'
import { chartDigest } from './chart-digest.ts'
import { chartPinned } from './chart-pinned.ts'
import { commonMetadata } from './common-metadata.ts'
import { defaultPassword } from './default-password.ts'
import { dependsCycle } from './depends-cycle.ts'
import { dependsExists } from './depends-exists.ts'
import { externalDns } from './external-dns.ts'
import { healthChecksIgnored } from './health-checks-ignored.ts'
import { ingressClass } from './ingress-class.ts'
import { intervalTier } from './interval-tier.ts'
import { namespaceExists } from './namespace-exists.ts'
import { namespacePss } from './namespace-pss.ts'
import { path } from './path.ts'
import { prune } from './prune.ts'
import { readiness } from './readiness.ts'
import { remoteResource } from './remote-resource.ts'
import { resources } from './resources.ts'
import { retriesFinite } from './retries-finite.ts'
import { retriesSet } from './retries-set.ts'
import { retryInterval } from './retry-interval.ts'
import { schema } from './schema.ts'
import { secretKind } from './secret-kind.ts'
import { secretLegacy } from './secret-legacy.ts'
import { sourceExists } from './source-exists.ts'
import { sourceLocation } from './source-location.ts'
import { sourceNamespace } from './source-namespace.ts'
import { substitute } from './substitute.ts'
import { targetNamespace } from './target-namespace.ts'
import { timeout } from './timeout.ts'
import { valuesExist } from './values-exist.ts'
import { wait } from './wait.ts'

/** Every convention, one row each, in the order of their findings. */
export const rules = [
  build,
  path,
  dependsExists,
  dependsCycle,
  sourceExists,
  sourceNamespace,
  schema,
  apiVersion,
  chartPinned,
  chartDigest,
  remoteResource,
  substitute,
  valuesExist,
  defaultPassword,
  secretKind,
  secretLegacy,
  ingressClass,
  externalDns,
  readiness,
  wait,
  timeout,
  prune,
  retriesFinite,
  retriesSet,
  resources,
  namespacePss,
  namespaceExists,
  targetNamespace,
  intervalTier,
  healthChecksIgnored,
  sourceLocation,
  commonMetadata,
  retryInterval,
] as const

export type RuleName = (typeof rules)[number]['name']

/** The names of the rules, sorted, for the policy. */
export const RULE_NAMES: readonly RuleName[] = rules.map(({ name }) => name).sort()
