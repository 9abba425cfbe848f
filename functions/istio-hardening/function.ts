import { namesBackends } from '../lib/flows/backends.ts'
import { defineFunction } from '../lib/framework/function.ts'
import { isKind } from '../lib/kubernetes/objects.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { type IstioHardeningSpec, istioHardeningSchema } from './config.ts'
import { transform } from './transform.ts'

/** Kinds that are read beside workloads: what they select, and what this function generates or completes. */
const KINDS = [
  ['', 'Service'],
  ['', 'Namespace'],
  ['security.istio.io', 'PeerAuthentication'],
  ['security.istio.io', 'AuthorizationPolicy'],
  ['telemetry.istio.io', 'Telemetry'],
  ['networking.istio.io', 'Sidecar'],
  ['networking.istio.io', 'ServiceEntry'],
] as const

export const istioHardening = defineFunction<IstioHardeningSpec>({
  name: 'istio-hardening',
  kind: 'IstioHardening',
  section: 'istio',
  description:
    'Takes workloads into the Istio mesh: sidecar, strict mutual TLS, telemetry, and outbound traffic to declared destinations alone.',
  schema: istioHardeningSchema,
  reads: (_spec, item) =>
    isPodOwner(item) || namesBackends(item) || KINDS.some(([group, kind]) => isKind(item, group, kind)),
  transform,
})
