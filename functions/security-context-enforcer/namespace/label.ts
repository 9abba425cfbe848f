import { setExceptions } from '../../lib/framework/exceptions.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isKind, type KubernetesObject, setMeta } from '../../lib/kubernetes/objects.ts'
import { LEVELS, type Level, laxest, minorOf } from '../checks/levels.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import { explain, fieldOf, type Need, refusals } from './levels.ts'

/** Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces */
export const LABEL = 'pod-security.kubernetes.io/'

type Spec = Pick<SecurityContextEnforcerSpec, 'level' | 'version' | 'warn' | 'audit' | 'namespaces'>

/**
 * Labels the Namespaces of the build for Pod Security admission: enforce is the strictest level that every pod of the
 * namespace in the build meets, or the level that the policy sets.
 */
export function labelNamespaces(
  objects: readonly KubernetesObject[],
  needs: readonly Need[],
  spec: Spec,
  functionName: string,
): Finding[] {
  const needsOf = groupBy(needs, ({ object }) => object.metadata.namespace || 'default')
  return objects
    .filter((object) => isKind(object, '', 'Namespace'))
    .flatMap((namespace) => labelNamespace(namespace, needsOf.get(namespace.metadata.name) ?? [], spec, functionName))
}

function labelNamespace(object: KubernetesObject, needs: readonly Need[], spec: Spec, functionName: string): Finding[] {
  const configured = spec.namespaces?.[object.metadata.name] ?? {}
  const written = LEVELS.find((level) => level === object.metadata.labels?.[`${LABEL}enforce`])
  const computed = laxest(needs.map(({ level }) => level))
  const namespace = { object, needs, configured, written, computed }
  const refused = refusals(namespace)
  if (refused.length > 0) return refused
  // Without pods the build knows no better than the label.
  const enforce = configured.level ?? (needs.length === 0 ? written : undefined) ?? computed
  const labels = {
    ...levelLabels('enforce', enforce, spec.version, object),
    ...levelLabels('warn', configured.warn ?? spec.warn, spec.version, object),
    ...levelLabels('audit', configured.audit ?? spec.audit, spec.version, object),
  }
  const replaced = Object.entries(labels).flatMap(([key, value]) => setLabel(object, key, value))
  setExceptions(object, functionName, configured.reason === undefined ? [] : [configured.reason])
  return [...replaced, ...explain(namespace, enforce, spec.level)]
}

/**
 * A version other than latest is pinned, so that a newer cluster applies the policy that the checks applied. A label that
 * pins another version is replaced, because the checks did not apply that one.
 */
function levelLabels(mode: string, level: Level | undefined, version: string, object: KubernetesObject) {
  if (level === undefined) return {}
  const pinned = object.metadata.labels?.[`${LABEL}${mode}-version`]
  const isPinned = version !== 'latest' || (pinned !== undefined && minorOf(pinned) !== minorOf(version))
  return { [mode]: level, ...(isPinned && { [`${mode}-version`]: version }) }
}

function setLabel(object: KubernetesObject, key: string, value: string): Finding[] {
  const present = object.metadata.labels?.[LABEL + key]
  if (present === value) return []
  setMeta(object, 'labels', LABEL + key, value)
  if (present === undefined) return []
  return [findings['label-replaced']({ object, field: fieldOf(LABEL + key, value, present) }, present, value)]
}
