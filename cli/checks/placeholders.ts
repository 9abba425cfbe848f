import type { Finding } from '../../functions/lib/framework/finding.ts'
import { formatPath, isFields, isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { sourceTree } from '../findings.ts'
import type { Check } from './source-tree.ts'

/** An address of a domain that nobody can own. Source: https://www.rfc-editor.org/rfc/rfc2606 */
const ADDRESS = /^[^\s@]+@(?:[\w-]+\.)*(?:example\.(?:com|net|org)|example|invalid|test|localhost)$/i
/** Words that ask to be replaced. */
const WORD = /^(?:change[-_ ]?me|replace[-_ ]?me|fill[-_ ]?me[-_ ]?in|fixme|todo|<[^<>]+>)$/i

/** Values that a person has to fill in. Those of ConfigMaps and Secrets are data. */
export const checkPlaceholders: Check = ({ objects }) =>
  objects.filter((object) => !isData(object)).flatMap(placeholdersIn)

const isData = (object: KubernetesObject): boolean => isKind(object, '', 'ConfigMap') || isKind(object, '', 'Secret')

function placeholdersIn(object: KubernetesObject): Finding[] {
  const found: Finding[] = []
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index])
    else if (isFields(value)) for (const [key, child] of Object.entries(value)) visit(child, [...path, key])
    else if (typeof value === 'string' && (ADDRESS.test(value) || WORD.test(value)))
      found.push(sourceTree.placeholder({ object, field: { path: formatPath(path) } }, value))
  }
  visit(object.spec, ['spec'])
  return found
}
