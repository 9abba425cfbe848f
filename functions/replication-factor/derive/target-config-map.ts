import { matchesPattern } from '../../lib/framework/match.ts'
import { formatPath, isFields, isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isCalledOrHashed } from '../../lib/kubernetes/previous-names.ts'
import { asField, asText, type DerivedField, type Placing } from './field.ts'
import { keysOf, type Target } from './rule.ts'
import { readText, replaceWord, setInText } from './text.ts'
import { findWord, type Word } from './word-pattern.ts'

type ConfigMapTarget = NonNullable<Target['configMap']>

/** The field in every ConfigMap of the namespace that has the key. */
export const configMapFields = (placing: Placing, target: ConfigMapTarget): DerivedField[] =>
  placing.build.objects
    .filter((object) => isMeant(object, placing.namespace, target))
    .map((object) =>
      target.line === undefined ? pathField(placing, object, target) : lineField(placing, object, target),
    )

function isMeant(object: KubernetesObject, namespace: string, { name, key }: ConfigMapTarget): boolean {
  if (!isKind(object, '', 'ConfigMap') || (object.metadata.namespace ?? '') !== namespace) return false
  const isNamed = name === undefined || matchesPattern(name, object.metadata.name) || isCalledOrHashed(object, name)
  return isNamed && isFields(object.data) && typeof object.data[key] === 'string'
}

const textOf = (object: KubernetesObject, key: string): string => (object.data as Record<string, string>)[key] ?? ''
const setText = (object: KubernetesObject, key: string, text: string): void => {
  ;(object.data as Record<string, string>)[key] = text
}

// The text is read anew each time: an earlier rule may have changed it.
function pathField({ rule }: Placing, object: KubernetesObject, { key, path = [] }: ConfigMapTarget): DerivedField {
  const keys = keysOf(path)
  return {
    object,
    field: `${formatPath(['data', key])}: ${formatPath(keys)}`,
    read: () => readText(textOf(object, key), keys),
    form: (value) => asField(value, rule),
    async write(value) {
      setText(object, key, await setInText(textOf(object, key), keys, asField(value, rule)))
    },
  }
}

function lineField({ rule }: Placing, object: KubernetesObject, { key, line = '' }: ConfigMapTarget): DerivedField {
  const find = (): Word => findWord(textOf(object, key), line, 'line')
  return {
    object,
    field: formatPath(['data', key]),
    part: line,
    read: () => find().text,
    form: (value) => asText(value, rule),
    write(value) {
      setText(object, key, replaceWord(textOf(object, key), find(), asText(value, rule)))
    },
  }
}
