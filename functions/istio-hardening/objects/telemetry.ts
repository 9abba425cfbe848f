import { isOff, type Off } from '../../lib/framework/config.ts'
import { warning } from '../../lib/framework/finding.ts'
import { fillUnset } from '../../lib/framework/generated-objects.ts'
import { type Fields, formatPath, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { TelemetrySpec } from '../config-telemetry.ts'
import type { Member } from '../mesh/member.ts'
import type { PolicyKind, Wanted } from './one-per-workload.ts'

type Tracing = Exclude<TelemetrySpec['tracing'], Off | undefined>

/**
 * Every request is traced, metrics are reported, and what the workload serves is logged, each by the provider that policy
 * names; what policy switches off is left to the mesh.
 */
export const telemetryFor = (member: Member, { tracing, metrics, accessLogging }: TelemetrySpec): Wanted => ({
  member,
  reasons: [],
  spec: {
    ...(tracing !== undefined && !isOff(tracing) && { tracing: [tracingOf(tracing)] }),
    ...(!isOff(metrics) && {
      metrics: [{ providers: [{ name: metrics.provider }], reportingInterval: metrics.reportingInterval }],
    }),
    ...(!isOff(accessLogging) && {
      accessLogging: [
        {
          providers: [{ name: accessLogging.provider }],
          match: { mode: 'SERVER' },
          filter: { expression: accessLogging.filter },
        },
      ],
    }),
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
    const findings = DISABLING.flatMap((path) => pathsAt(existing, path))
      .filter((path) => valueAt(existing, path) === true)
      .map((path) =>
        warning('found true, expected none: it weakens what is known of the workload; remove it', {
          object: existing,
          field: { path: formatPath(path), currentValue: true },
        }),
      )
    for (const { spec } of wanted) fillUnset(existing, { spec })
    return findings
  },
}

/** Source: https://istio.io/latest/docs/reference/config/telemetry/ */
const DISABLING = [
  ['spec', 'tracing', '*', 'disableSpanReporting'],
  ['spec', 'accessLogging', '*', 'disabled'],
  ['spec', 'metrics', '*', 'overrides', '*', 'disabled'],
]

/** The paths that a path stands for, where `*` is every item of a list. */
function pathsAt(object: KubernetesObject, path: readonly string[]): (string | number)[][] {
  let paths: (string | number)[][] = [[]]
  for (const key of path)
    paths = paths.flatMap((parent) => {
      const list = valueAt(object, parent)
      if (key !== '*') return [[...parent, key]]
      return Array.isArray(list) ? list.map((_, index) => [...parent, index]) : []
    })
  return paths
}
