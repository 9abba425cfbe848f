import { toJson } from '../exact-integer.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { readCanonicalYaml } from '../yaml/canonical-yaml.ts'
import { asYaml } from '../yaml/write-json.ts'

/** An item's object, and how to write the item with another object in its place. */
export interface Decoded {
  object: unknown
  /** `json` gives the JSON of the object, if it has been written already. */
  encode(after: unknown, json: WrittenJson): string
}

/** The JSON of an object as it is; undefined if nobody has written it. */
export type WrittenJson = (object: unknown) => string | undefined

/** How items are read and written for one caller. */
export interface Codec {
  decode(text: string): Decoded
  /** An item that was not there before. */
  add(object: KubernetesObject, json: WrittenJson): string
}

const writeJsonItem: Codec['add'] = (object, json) => `- ${asYaml(json(object) ?? toJson(object))}\n`

/** For `kustomize build`: canonical YAML without comments in, one-line JSON out. */
export const kustomizeCodec: Codec = {
  decode: (text) => ({ object: firstOf(readCanonicalYaml(text)), encode: writeJsonItem as Decoded['encode'] }),
  add: writeJsonItem,
}

/** For people and kpt: any YAML in; comments, anchors and order kept; block YAML out, because kpt damages files for JSON. */
export async function peopleCodec(): Promise<Codec> {
  const { readPeopleItem, writePeopleItem } = await import('../yaml/round-trip.ts')
  return { decode: readPeopleItem, add: writePeopleItem }
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] : list)
