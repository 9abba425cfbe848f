import { isOff } from '../../lib/framework/config.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { type TelemetryOverride, type TelemetrySpec, telemetryDefaults } from '../config-telemetry.ts'
import type { MtlsStage } from '../config-workload.ts'

/** The stage of mutual TLS for a workload: its own entry of the policy, else that for all. */
export const mtlsOf = (workload: Workload, spec: IstioHardeningSpec): MtlsStage =>
  overrideFor(spec.workloads, workload)?.mtls ?? spec.mtls

/** The Telemetry of a workload: what its own entry of the policy sets, and for the rest what is set for all. */
export function telemetryOf(workload: Workload, spec: IstioHardeningSpec): TelemetrySpec {
  const own: TelemetryOverride = overrideFor(spec.workloads, workload)?.telemetry ?? {}
  const { tracing, metrics, accessLogging } = spec.telemetry
  return {
    tracing: merged(tracing, own.tracing, {}),
    metrics: merged(metrics, own.metrics, telemetryDefaults.metrics),
    accessLogging: merged(accessLogging, own.accessLogging, telemetryDefaults.accessLogging),
  }
}

/**
 * Merges field by field. `off` replaces the whole part. A part that is off for all workloads starts again from the
 * defaults.
 */
function merged<T, O>(forAll: T, own: O, defaults: object): T {
  if (own === undefined) return forAll
  if (isOff(own)) return own as unknown as T
  return { ...(isOff(forAll) || forAll === undefined ? defaults : forAll), ...own } as T
}
