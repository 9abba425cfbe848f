import { matchesPattern } from '../../lib/framework/match.ts'
import { type FieldPath, formatPath, isFields, isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isCalledOrHashed } from '../../lib/kubernetes/previous-names.ts'
import { type DeriveTarget, keysOf } from '../config-derive.ts'
import { asField, asText, type DerivedField, type Placing } from './field.ts'
import { readText, replaceWord, setInText } from './text.ts'
import { findWord, type Word } from './word-pattern.ts'

type ConfigMapTarget = NonNullable<DeriveTarget['configMap']>

/** The fields in every ConfigMap of the namespace that has the key: one, or one for each path that the text has. */
export async function configMapFields(placing: Placing, target: ConfigMapTarget): Promise<DerivedField[]> {
  const objects = placing.build.objects.filter((object) => isMeant(object, placing.namespace, target))
  const fields: DerivedField[] = []
  for (const object of objects) {
    if (target.line !== undefined) fields.push(lineField(placing, object, target))
    else
      for (const path of await pathsIn(placing, object, target))
        fields.push(pathField(placing, object, target.key, path))
  }
  return fields
}

/** The paths of the rule that the text has; the first where it has none, so that a message can name it. */
async function pathsIn({ rule }: Placing, object: KubernetesObject, { key, path = [] }: ConfigMapTarget) {
  const first = keysOf(path)
  const present: FieldPath[] = []
  for (const candidate of rule.otherPaths ? [first, ...rule.otherPaths.map(keysOf)] : [])
    if ((await readText(textOf(object, key), candidate)) !== undefined) present.push(candidate)
  return present.length > 0 ? present : [first]
}

function isMeant(object: KubernetesObject, namespace: string, { name, key }: ConfigMapTarget): boolean {
  if (!isKind(object, '', 'ConfigMap') || (object.metadata.namespace ?? '') !== namespace) return false
  const isNamed = name === undefined || matchesPattern(name, object.metadata.name) || isCalledOrHashed(object, name)
  return isNamed && isFields(object.data) && typeof object.data[key] === 'string'
}

const textOf = (object: KubernetesObject, key: string): string => (object.data as Record<string, string>)[key] ?? ''
const setText = (object: KubernetesObject, key: string, text: string): void => {
  ;(object.data as Record<string, string>)[key] = text
}

// The text is read again each time: an earlier rule may have changed it.
function pathField({ rule }: Placing, object: KubernetesObject, key: string, keys: FieldPath): DerivedField {
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
