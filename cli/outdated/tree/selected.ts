import { textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { type Fields, isFields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'

/**
 * Does the target of a patch, or of a replacement, select an object? Names are whole regular expressions, and labels are
 * those that its file shows. Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
 */
export function selectorOf(target: Fields): (object: KubernetesObject) => boolean {
  const [group, version, kind, name, namespace] = ['group', 'version', 'kind', 'name', 'namespace'].map((key) =>
    matcherOf(textAt(target, key)),
  )
  const labels = labelsMatcherOf(textAt(target, 'labelSelector'))
  const annotations = labelsMatcherOf(textAt(target, 'annotationSelector'))
  return ({ apiVersion, kind: ofKind, metadata }) => {
    const [ofGroup, ofVersion] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    return (
      matches(group, ofGroup) &&
      matches(version, ofVersion) &&
      matches(kind, ofKind) &&
      matches(name, metadata.name) &&
      // A namespace that no file shows may be any, because Kustomize sets it.
      (metadata.namespace === undefined || matches(namespace, metadata.namespace)) &&
      labels(mapAt(metadata, 'labels')) &&
      annotations(mapAt(metadata, 'annotations'))
    )
  }
}

const mapAt = (metadata: unknown, key: string): Fields => {
  const value = valueAt(metadata, [key])
  return isFields(value) ? value : {}
}

const matches = (matcher: ((text: string) => boolean) | undefined, text = ''): boolean => matcher?.(text) !== false

function matcherOf(pattern: string | undefined): ((text: string) => boolean) | undefined {
  if (pattern === undefined) return undefined
  try {
    const whole = new RegExp(`^(?:${pattern})$`)
    return (text) => whole.test(text)
  } catch {
    // Go knows expressions that are none here.
    return (text) => text === pattern
  }
}

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function labelsMatcherOf(selector = ''): (labels: Fields) => boolean {
  // Commas within brackets separate values.
  const requirements = selector.split(/,(?![^(]*\))/).map((text) => text.trim())
  const all = requirements.filter((text) => text !== '').map(requirementOf)
  return (labels) => all.every((isMet) => isMet(labels))
}

function requirementOf(text: string): (labels: Fields) => boolean {
  const [, not, key = '', operator, value = '', set, values = ''] =
    /^(!)?\s*([^\s=!,()]+)\s*(?:(==?|!=)\s*(.*)|(in|notin)\s*\((.*)\))?$/.exec(text) ?? []
  if (not !== undefined) return (labels) => labels[key] === undefined
  if (operator !== undefined) return (labels) => (labels[key] === value) === (operator !== '!=')
  const allowed = values.split(',').map((one) => one.trim())
  if (set !== undefined) return (labels) => allowed.includes(String(labels[key] ?? '')) === (set === 'in')
  return (labels) => labels[key] !== undefined
}
