import type { Finding } from '../../lib/framework/finding.ts'
import { INJECTION, isOfTheMesh, REVISION } from '../../lib/kubernetes/istio.ts'
import { formatPath, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import type { Member } from './member.ts'

/**
 * Labels of the mesh in the workload's selector whose values differ from those that its pods will get. The API would refuse
 * the workload.
 */
export function selectedOtherwise({ object, template }: Workload): Finding[] {
  const path = ['spec', 'selector', 'matchLabels']
  const selector = (valueAt(object, path) ?? {}) as Labels
  return Object.entries(selector)
    .map(([key, currentValue]) => ({ key, currentValue, proposedValue: template.metadata?.labels?.[key] }))
    .filter(
      ({ key, currentValue, proposedValue }) =>
        isOfTheMesh(key) && proposedValue !== undefined && currentValue !== proposedValue,
    )
    .map(({ key, ...values }) =>
      findings['mesh-label-in-selector'](
        { object, field: { path: formatPath([...path, key]), ...values } },
        key,
        values.currentValue,
        String(values.proposedValue),
      ),
    )
}

/**
 * Namespaces that ask for injection themselves, and so decide which revision injects. Source:
 * https://istio.io/latest/docs/setup/upgrade/canary/#data-plane
 */
export function otherRevisions(
  objects: readonly KubernetesObject[],
  members: readonly Member[],
  { revision }: IstioHardeningSpec,
): Finding[] {
  if (revision === undefined) return []
  const joining = new Set(members.map(({ workload }) => workload.namespace))
  return objects
    .filter((object) => isKind(object, '', 'Namespace') && joining.has(object.metadata.name))
    .flatMap((object) =>
      Object.entries(object.metadata.labels ?? {})
        .filter(([key, value]) => key === INJECTION || (key === REVISION && value !== revision))
        .map(([key, value]) => findings['other-revision']({ object }, `${key}: ${value}`, `${REVISION}: ${revision}`)),
    )
}
