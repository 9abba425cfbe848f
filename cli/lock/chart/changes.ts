import { describe, isFields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { containersOf, podTemplateOf } from '../../../functions/lib/kubernetes/pod-template.ts'

/** What a reviewer of a chart's update wants to see: everything that runs, and everything that it may do. */
export function factsOf(objects: readonly KubernetesObject[]): Set<string> {
  return new Set(
    objects.flatMap((object) => [
      ...podFacts(object),
      ...hookFacts(object),
      ...rbacFacts(object),
      ...webhookFacts(object),
    ]),
  )
}

function podFacts(object: KubernetesObject): string[] {
  const template = podTemplateOf(object)
  if (!template) return []
  const { spec } = template
  const host = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true)
  const paths = (spec.volumes ?? []).flatMap(({ hostPath }) => (hostPath ? [`hostPath ${hostPath.path}`] : []))
  return [
    ...[...host, ...paths].map((what) => `host access: ${describe(object)}: ${what}`),
    ...containersOf(template).flatMap(({ container }) => [
      `container: ${describe(object)}: ${container.name}`,
      `image: ${describe(object)}: ${container.name}: ${container.image}`,
      ...(container.securityContext?.privileged === true
        ? [`host access: ${describe(object)}: ${container.name}: privileged`]
        : []),
      ...(container.securityContext?.capabilities?.add ?? []).map(
        (added) => `host access: ${describe(object)}: ${container.name}: capability ${added}`,
      ),
    ]),
  ]
}

const hookFacts = (object: KubernetesObject): string[] => {
  const hook = object.metadata.annotations?.['helm.sh/hook']
  return hook === undefined ? [] : [`hook: ${describe(object)}: ${hook}`]
}

/** One line for each verb on each resource, so that a rule that grows shows by how much. */
function rbacFacts(object: KubernetesObject): string[] {
  if (!/^(?:Cluster)?Role$/.test(object.kind)) return []
  const rules = valueAt(object, ['rules'])
  const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
  return (Array.isArray(rules) ? rules.filter(isFields) : []).flatMap((rule) => {
    const groups = strings(rule.apiGroups)
    const resources = [
      ...strings(rule.resources).flatMap((name) =>
        (groups.length > 0 ? groups : ['']).map((group) => (group === '' ? name : `${name}.${group}`)),
      ),
      ...strings(rule.nonResourceURLs),
    ]
    return resources.flatMap((resource) =>
      strings(rule.verbs).map((verb) => `rbac: ${describe(object)}: ${verb} ${resource}`),
    )
  })
}

const webhookFacts = (object: KubernetesObject): string[] =>
  /WebhookConfiguration$/.test(object.kind) ? [`webhook: ${describe(object)}`] : []

/** The facts that came and went, as lines of a diff. */
export function changesBetween(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  const [old, now] = [factsOf(before), factsOf(after)]
  return [
    ...[...old].filter((fact) => !now.has(fact)).map((fact) => `- ${fact}`),
    ...[...now].filter((fact) => !old.has(fact)).map((fact) => `+ ${fact}`),
  ].sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : a.slice(2) > b.slice(2) ? 1 : a < b ? 1 : -1))
}
