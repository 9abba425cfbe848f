import type { KubernetesObject } from '../kubernetes/objects.ts'
import { readCanonicalYaml } from '../yaml/canonical-yaml.ts'
import { writeJson } from '../yaml/write-json.ts'
import { COPY_BACK_IDS, dropCopyBackIds } from './item-text.ts'

/** An item's object, and how to write the item with another object in its place. */
export interface Decoded {
  object: unknown
  encode(after: unknown): string
}

/** How items are read and written for one caller. */
export interface Codec {
  decode(text: string): Decoded
  /** An item that nothing changed, as the caller wants it back. */
  pass(text: string): string
  /** An item that was not there before. */
  add(object: KubernetesObject): string
}

const writeJsonItem = (object: unknown): string => `- ${writeJson(object)}\n`

/** For `kustomize build`: canonical YAML without comments in, one-line JSON out. */
export const kustomizeCodec: Codec = {
  decode: (text) => ({
    object: firstOf(readCanonicalYaml(text)),
    encode: (after) => writeJsonItem(withoutCopyBackIds(after as KubernetesObject)),
  }),
  pass: dropCopyBackIds,
  add: writeJsonItem,
}

/** For people and kpt: any YAML in; comments, anchors and order kept; block YAML out, because kpt damages files for JSON. */
export async function peopleCodec(): Promise<Codec> {
  const { readPeopleItem, writePeopleItem } = await import('../yaml/round-trip.ts')
  return { decode: readPeopleItem, pass: (text) => text, add: writePeopleItem }
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] : list)

function withoutCopyBackIds(object: KubernetesObject): KubernetesObject {
  const annotations = { ...object.metadata.annotations }
  for (const id of COPY_BACK_IDS) delete annotations[id]
  return { ...object, metadata: { ...object.metadata, annotations } }
}
