import { DATAPLANE_MODE, INJECT, REVISION } from '../../lib/kubernetes/istio.ts'
import { setMeta } from '../../lib/kubernetes/objects.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { settle } from './precedence.ts'

/** Source: https://istio.io/latest/docs/reference/config/annotations/ */
const PROXY_ANNOTATIONS = [
  ['cpu', 'sidecar.istio.io/proxyCPU'],
  ['memory', 'sidecar.istio.io/proxyMemory'],
  ['cpuLimit', 'sidecar.istio.io/proxyCPULimit'],
  ['memoryLimit', 'sidecar.istio.io/proxyMemoryLimit'],
] as const

/**
 * Asks for a sidecar and gives it its resources: pod template label `sidecar.istio.io/inject: "true"`, `istio.io/rev` for
 * a revision, and the four `sidecar.istio.io/proxy*` annotations.
 */
export function injectSidecar(workload: Workload, spec: IstioHardeningSpec): void {
  const { template } = workload
  setMeta(template, 'labels', INJECT, 'true')
  settle(template, 'labels', REVISION, { fallback: spec.revision })
  const named = overrideFor(spec.workloads, workload)?.proxy
  for (const [field, annotation] of PROXY_ANNOTATIONS)
    settle(template, 'annotations', annotation, { named: named?.[field], fallback: spec.proxy[field] })
}

/** Keeps pods out of a mesh that their namespace may belong to. */
export const refuseMesh = ({ template }: Workload, { ambient }: IstioHardeningSpec): void =>
  ambient ? setMeta(template, 'labels', DATAPLANE_MODE, 'none') : setMeta(template, 'labels', INJECT, 'false')

const NATIVE_SIDECAR = 'sidecar.istio.io/nativeSidecar'

/** Do the pods end only if the mesh runs native sidecars? Not if the pods ask for one themselves. */
export const needsNativeSidecar = ({ template }: Workload): boolean =>
  template.metadata?.annotations?.[NATIVE_SIDECAR] !== 'true'
