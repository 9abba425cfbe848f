import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { INJECTION, isOfTheMesh, REVISION } from '../../lib/kubernetes/istio-labels.ts'
import { formatPath, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import type { Member } from './member.ts'

/** A label of the mesh that the workload selects its pods by, with another value than they are to have: the API would refuse it. */
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
      error(
        `found ${key}: "${values.currentValue}" in its selector, expected no label of the mesh there, since its pods are to have "${values.proposedValue}"`,
        { object, field: { path: formatPath([...path, key]), ...values } },
      ),
    )
}

/**
 * A Namespace that asks for injection itself decides by which revision. Source:
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
        .map(([key, value]) =>
          warning(
            `found ${key}: ${value}, which decides before ${REVISION}: ${revision} on its pods by which revision they are injected; expected none`,
            { object },
          ),
        ),
    )
}
