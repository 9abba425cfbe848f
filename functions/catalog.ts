import { fluxConventions } from './flux-conventions/function.ts'
import { imageMirrorDigest } from './image-mirror-digest/function.ts'
import { istioHardening } from './istio-hardening/function.ts'
import type { KrmFunction } from './lib/framework/function.ts'
import { networkPolicyDefaultDeny } from './network-policy-default-deny/function.ts'
import { replicationFactor } from './replication-factor/function.ts'
import { securityContextEnforcer } from './security-context-enforcer/function.ts'

/** The catalogue, in the order in which Hardening runs it. */
export const catalog: readonly KrmFunction[] = [
  imageMirrorDigest,
  securityContextEnforcer,
  replicationFactor,
  istioHardening,
  networkPolicyDefaultDeny,
  fluxConventions,
]
