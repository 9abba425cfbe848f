import { namesBackends } from '../lib/flows/backend-references.ts'
import { isMonitor } from '../lib/flows/monitor-kinds.ts'
import { defineFunction } from '../lib/framework/function.ts'
import { isKind } from '../lib/kubernetes/objects.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { makesPods } from '../lib/operators/index.ts'
import { type IstioHardeningSpec, istioHardeningSchema } from './config.ts'
import { NAME } from './name.ts'
import { GENERATED_KINDS } from './objects/objects.ts'
import { SELECTING_KINDS } from './objects/selects-nothing.ts'
import { transform } from './transform.ts'

/** Kinds that are read in addition to workloads: what selects them, and what this function generates or completes. */
const KINDS = [
  ['', 'Service'],
  ['', 'Namespace'],
  ['networking.istio.io', 'Gateway'],
  ['gateway.networking.k8s.io', 'Gateway'],
  ...GENERATED_KINDS,
  ...SELECTING_KINDS,
] as const

export const istioHardening = defineFunction<IstioHardeningSpec>({
  name: NAME,
  kind: 'IstioHardening',
  section: 'istio',
  description:
    'Takes workloads into the Istio mesh: sidecar, strict mutual TLS, telemetry, and outbound traffic to declared destinations alone.',
  schema: istioHardeningSchema,
  reads: (_spec, item) =>
    isPodOwner(item) ||
    namesBackends(item) ||
    isMonitor(item) ||
    makesPods(item) ||
    KINDS.some(([group, kind]) => isKind(item, group, kind)),
  transform,
})
