import { matches } from '../../lib/framework/match.ts'
import { type FieldPath, formatPath, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type DeriveTarget, keysOf } from '../config-derive.ts'
import { asField, type DerivedField, type Placing } from './field.ts'
import { readText, setInText } from './text.ts'
import { TextError } from './text-error.ts'

type ObjectTarget = NonNullable<DeriveTarget['object']>

/** The field in every object that the target means, of the namespace or of none. */
export function objectFields({ build, rule, namespace }: Placing, { path, ...match }: ObjectTarget): DerivedField[] {
  const keys = keysOf(path)
  return build.objects
    .filter((object) => matches(match, object) && (object.metadata.namespace ?? namespace) === namespace)
    .map((object) => ({
      object,
      field: formatPath(keys),
      read: () => read(object, keys),
      form: (value) => asField(value, rule),
      write: (value) => write(object, keys, asField(value, rule)),
    }))
}

/** How many keys of the path lead to a text that holds the rest; all of them where there is no text on the way. */
const lengthInObject = (object: KubernetesObject, path: FieldPath): number => {
  const meetsText = path.findIndex((_, depth) => depth > 0 && typeof valueAt(object, path.slice(0, depth)) === 'string')
  return meetsText < 0 ? path.length : meetsText
}

async function read(object: KubernetesObject, path: FieldPath): Promise<unknown> {
  const length = lengthInObject(object, path)
  const value = valueAt(object, path.slice(0, length))
  return length < path.length && typeof value === 'string' ? readText(value, path.slice(length)) : value
}

async function write(object: KubernetesObject, path: FieldPath, value: number | string | string[]): Promise<void> {
  const length = lengthInObject(object, path)
  const own = path.slice(0, length)
  const last = own.at(-1) as string
  const parent = valueAt(object, own.slice(0, -1))
  if (!isFields(parent) && !Array.isArray(parent))
    throw new TextError(`${formatPath(own.slice(0, -1))} is not there; write the map, or correct the path`)
  if (Array.isArray(parent) && !Object.hasOwn(parent, last))
    throw new TextError(`${formatPath(own)} is not there: the list has ${parent.length} items; correct the path`)
  const fields = parent as Record<string, unknown>
  const current = fields[last]
  if (length < path.length) fields[last] = await setInText(current as string, path.slice(length), value)
  else {
    const isText = typeof current === 'string' || holdsStrings(object, own)
    fields[last] = isText && typeof value === 'number' ? String(value) : value
  }
}

/** Labels, annotations and the data of a ConfigMap: the API takes no numbers there. */
const holdsStrings = ({ kind }: KubernetesObject, [first]: FieldPath): boolean =>
  first === 'metadata' || (kind === 'ConfigMap' && first === 'data')
