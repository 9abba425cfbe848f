import { isOff, type Off } from '../../lib/framework/config.ts'
import { fillUnset } from '../../lib/framework/generated-objects.ts'
import { type Fields, formatPath, valueAt } from '../../lib/kubernetes/objects.ts'
import type { TelemetrySpec } from '../config-telemetry.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'
import type { PolicyKind, Wanted } from './policy-kind.ts'

type Tracing = Exclude<TelemetrySpec['tracing'], Off | undefined>

/**
 * Traces, metrics and the access log of what the workload serves, each by the provider that policy names. What policy
 * switches off is disabled by name, because Istio inherits from the mesh whatever a Telemetry leaves out. Source:
 * https://istio.io/latest/docs/reference/config/telemetry/
 */
export const telemetryFor = (member: Member, { tracing, metrics, accessLogging }: TelemetrySpec): Wanted => ({
  member,
  reasons: [],
  spec: {
    ...(tracing !== undefined && { tracing: [isOff(tracing) ? { disableSpanReporting: true } : tracingOf(tracing)] }),
    metrics: [
      isOff(metrics)
        ? { overrides: [{ disabled: true }] }
        : { providers: [{ name: metrics.provider }], reportingInterval: metrics.reportingInterval },
    ],
    accessLogging: [
      isOff(accessLogging)
        ? { disabled: true }
        : {
            providers: [{ name: accessLogging.provider }],
            match: { mode: 'SERVER' },
            filter: { expression: accessLogging.filter },
          },
    ],
  },
})

const tracingOf = ({ provider, percentage }: Tracing): Fields => ({
  ...(provider !== undefined && { providers: [{ name: provider }] }),
  ...(percentage !== undefined && { randomSamplingPercentage: percentage }),
})

export const telemetry: PolicyKind = {
  group: 'telemetry.istio.io',
  kind: 'Telemetry',
  apiVersion: 'telemetry.istio.io/v1',
  selector: ['spec', 'selector', 'matchLabels'],
  complete(existing, wanted) {
    const wantedPaths = new Set(wanted.flatMap(({ spec }) => disabledIn({ spec }).map(formatPath)))
    const found = disabledIn(existing)
      .map(formatPath)
      .filter((path) => !wantedPaths.has(path))
      .map((path) => findings['telemetry-disabled']({ object: existing, field: { path, currentValue: true } }))
    for (const { spec } of wanted) fillUnset(existing, { spec })
    return found
  },
}

/** The paths of the fields that switch something off. */
const disabledIn = (object: Fields): (string | number)[][] =>
  DISABLING.flatMap((path) => pathsAt(object, path)).filter((path) => valueAt(object, path) === true)

/** Source: https://istio.io/latest/docs/reference/config/telemetry/ */
const DISABLING = [
  ['spec', 'tracing', '*', 'disableSpanReporting'],
  ['spec', 'accessLogging', '*', 'disabled'],
  ['spec', 'metrics', '*', 'overrides', '*', 'disabled'],
]

/** The paths that a pattern matches, in which `*` is every item of a list. */
function pathsAt(object: Fields, path: readonly string[]): (string | number)[][] {
  let paths: (string | number)[][] = [[]]
  for (const key of path)
    paths = paths.flatMap((parent) => {
      const list = valueAt(object, parent)
      if (key !== '*') return [[...parent, key]]
      return Array.isArray(list) ? list.map((_, index) => [...parent, index]) : []
    })
  return paths
}
