import { stringsIn } from '../../lib/kubernetes/fields.ts'
import { formatPath, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { ingressOf, isListed, type PolicySpec } from '../config-policy.ts'
import { hasVariable } from '../schemas/variable.ts'
import { classOf } from '../tree/ingress.ts'
import { defineRule, type Violation } from './rule.ts'

/** An Ingress is internal; one that is external is allowed by name. Values of charts that make an Ingress are a warning. */
export const ingressClass = defineRule({
  name: 'ingress-class',
  severity: 'error',
  means: 'An Ingress is of the external class without being allowed by name, or of a class that is neither of the two.',
  why: 'Whatever is behind an external Ingress can be called from the whole internet.',
  fix: 'Use the internal class, or name the Ingress in ingress.allowed with the reason.',
  *violations(tree, policy) {
    for (const { object, namespace } of tree.of(['networking.k8s.io', 'Ingress']))
      yield* judge(object, namespace, 'spec.ingressClassName', classOf(object), policy, 'error')
    for (const { object, namespace } of tree.releases)
      for (const [path, value] of classesInValues(object))
        if (value === ingressOf(policy).external) yield* judge(object, namespace, path, value, policy, 'warning')
  },
})

function* judge(
  object: KubernetesObject,
  namespace: string | undefined,
  path: string,
  found: string | undefined,
  policy: PolicySpec,
  severity: 'error' | 'warning',
): Generator<Violation> {
  const { internal, external } = ingressOf(policy)
  if (found === internal || (found !== undefined && hasVariable(found))) return
  if (found !== external) {
    yield { object, path, severity: 'info', found: found ?? 'nothing', expected: internal }
    return
  }
  if (isListed(policy.ingress?.allowed, { name: object.metadata.name, namespace })) return
  yield {
    object,
    path,
    severity,
    found: external,
    expected: internal,
    advice: `or ingress.allowed["${object.metadata.name}"] with the reason`,
  }
}

/** Classes of the Ingresses that a chart makes: `className` or `ingressClassName` below a key that speaks of an ingress. */
function classesInValues(object: KubernetesObject): [string, string][] {
  const values = valueAt(object, ['spec', 'values'])
  if (!isFields(values)) return []
  return [...stringsIn(values)]
    .filter(
      ([path]) =>
        /^(?:ingressClassName|className)$/.test(String(path.at(-1))) &&
        path.some((key) => /ingress/i.test(String(key))),
    )
    .map(([path, value]) => [formatPath(['spec', 'values', ...path]), value])
}
