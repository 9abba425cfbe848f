import { isDeepStrictEqual } from 'node:util'
import { copyOf, ExactInteger, toJson } from '../exact-integer.ts'
import { show } from '../framework/confidential.ts'
import type { Finding } from '../framework/finding.ts'
import { objects } from '../framework/findings.ts'
import { refill } from '../framework/lists.ts'
import { formatPath, isFields, type KubernetesObject } from '../kubernetes/objects.ts'

type ObjectPath = readonly (string | number)[]

interface Changed {
  object: KubernetesObject
  /** What it was, read only by those who ask: most runs do not. */
  before(): KubernetesObject
}

/** What one function did to the objects. */
export interface Changes {
  changed: Changed[]
  added: KubernetesObject[]
  removed: KubernetesObject[]
}

/** The objects as they are, to tell later what changed. */
export class Snapshot {
  readonly #json: ReadonlyMap<KubernetesObject, string>
  /** Copies, where JSON would turn the type of an integer into text. */
  readonly #copies: ReadonlyMap<KubernetesObject, KubernetesObject> | undefined

  /** Of an object that is as it was in the `earlier` snapshot, both keep one text. */
  constructor(objects: readonly KubernetesObject[], earlier?: Snapshot) {
    const texts = new Map<KubernetesObject, string>()
    for (const object of objects) {
      const [json, before] = [toJson(object), earlier?.jsonOf(object)]
      texts.set(object, json === before ? before : json)
    }
    this.#json = texts
    if (ExactInteger.isInUse) this.#copies = new Map(objects.map((object) => [object, copyOf(object)]))
  }

  /** The JSON that the object had; undefined if it was not there. */
  readonly jsonOf = (object: unknown): string | undefined => this.#json.get(object as KubernetesObject)

  changes(present: readonly KubernetesObject[], now: Snapshot): Changes {
    const left = new Set(present)
    const changes: Changes = { changed: [], added: present.filter((object) => !this.#json.has(object)), removed: [] }
    for (const [object, json] of this.#json)
      if (!left.has(object)) changes.removed.push(object)
      else if (now.#json.get(object) !== json) changes.changed.push({ object, before: () => this.#read(object, json) })
    return changes
  }

  /** Has the object another content in the other snapshot? */
  differs(object: KubernetesObject, other: Snapshot): boolean {
    return this.#json.get(object) !== other.#json.get(object)
  }

  /** Puts everything back as it was. */
  restore(objects: KubernetesObject[]): void {
    refill(objects, [...this.#json.keys()])
    this.restoreContent()
  }

  /** Gives each object the content that it had. */
  restoreContent(): void {
    for (const [object, json] of this.#json) {
      if (toJson(object) === json) continue
      for (const key of Object.keys(object)) delete object[key]
      Object.assign(object, this.#read(object, json))
    }
  }

  #read(object: KubernetesObject, json: string): KubernetesObject {
    const copy = this.#copies?.get(object)
    return copy ? copyOf(copy) : (JSON.parse(json) as KubernetesObject)
  }
}

/** For `mode: mutate`: how many objects of each kind were changed, and how many were generated. */
export const summarise = ({ changed, added }: Changes): Finding[] => [
  ...(changed.length > 0 ? [objects.changed({}, count(changed.map(({ object }) => object)))] : []),
  ...(added.length > 0 ? [objects.generated({}, count(added))] : []),
]

function count(objects: readonly KubernetesObject[]): string {
  const kinds = new Map<string, number>()
  for (const { kind } of objects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return [...kinds].map(([kind, number]) => `${number} ${kind}`).join(', ')
}

/** For `mode: validate`: every change that mutate would make, as an error. */
export function asErrors({ changed, added, removed }: Changes): Finding[] {
  return [
    ...changed.flatMap(({ object, before }) => differences(before(), object).map((field) => fieldError(object, field))),
    ...added.map((object) => objects['would-generate']({ object: copyOf(object) })),
    ...removed.map((object) => objects['would-remove']({ object })),
  ]
}

function fieldError(object: KubernetesObject, { path, before, after }: Difference): Finding {
  const field = { path: formatPath(path), currentValue: before, proposedValue: copyOf(after) }
  return objects['would-change']({ object, field }, show(field.path, before), show(field.path, after))
}

interface Difference {
  path: ObjectPath
  before: unknown
  after: unknown
}

/** Where two values differ: the deepest paths that tell them apart. */
export function differences(before: unknown, after: unknown, path: ObjectPath = []): Difference[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isFields(before) && isFields(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key]))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => differences(item, after[index], [...path, index]))
  return [{ path, before, after }]
}
