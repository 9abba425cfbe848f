import { matches } from '../../lib/framework/match.ts'
import { formatPath, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { asField, type Place, type Placing } from './field.ts'
import { keysOf, type Target } from './rule.ts'
import { readText, setInText } from './text.ts'
import { TextError } from './text-error.ts'

type ObjectTarget = NonNullable<Target['object']>

/** The place in every object of the namespace, or of none, that is meant. */
export function objectPlaces({ build, rule, namespace }: Placing, { path, ...match }: ObjectTarget): Place[] {
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

type Path = readonly (string | number)[]

/** How much of the path leads to a text in which the rest is to be found; all of it where it meets none. */
const lengthInObject = (object: KubernetesObject, path: Path): number => {
  const meetsText = path.findIndex((_, depth) => depth > 0 && typeof valueAt(object, path.slice(0, depth)) === 'string')
  return meetsText < 0 ? path.length : meetsText
}

async function read(object: KubernetesObject, path: Path): Promise<unknown> {
  const length = lengthInObject(object, path)
  const value = valueAt(object, path.slice(0, length))
  return length < path.length && typeof value === 'string' ? readText(value, path.slice(length)) : value
}

async function write(object: KubernetesObject, path: Path, value: number | string | string[]): Promise<void> {
  const length = lengthInObject(object, path)
  const own = path.slice(0, length)
  const last = own.at(-1) as string
  const parent = valueAt(object, own.slice(0, -1))
  if (!isFields(parent) && !Array.isArray(parent))
    throw new TextError(`${formatPath(own.slice(0, -1))} is not there; write the map, or mend the path`)
  if (Array.isArray(parent) && !Object.hasOwn(parent, last))
    throw new TextError(`${formatPath(own)} is not there: the list has ${parent.length} items; mend the path`)
  const fields = parent as Record<string, unknown>
  const current = fields[last]
  if (length < path.length) fields[last] = await setInText(current as string, path.slice(length), value)
  else {
    const isText = typeof current === 'string' || holdsStrings(object, own)
    fields[last] = isText && typeof value === 'number' ? String(value) : value
  }
}

/** Labels, annotations and the data of a ConfigMap: the API takes no numbers there. */
const holdsStrings = ({ kind }: KubernetesObject, [first]: Path): boolean =>
  first === 'metadata' || (kind === 'ConfigMap' && first === 'data')
