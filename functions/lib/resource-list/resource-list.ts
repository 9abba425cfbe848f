import type { Result } from '../framework/finding.ts'
import { InputError } from '../framework/input-error.ts'
import { isFields } from '../kubernetes/objects.ts'
import { BREAKS_OF_GO, hasBreaksOfGo } from '../yaml/breaks-of-go.ts'
import { readCanonicalYaml } from '../yaml/canonical-yaml.ts'
import { parserReason } from '../yaml/parser-reason.ts'
import { writeJson } from '../yaml/write-json.ts'
import { type Codec, kustomizeCodec, peopleCodec } from './codec.ts'
import { input } from './findings.ts'
import { fromKustomize, packagePath, typeInText } from './item-text.ts'
import { type ResourceListText, split } from './split.ts'

/** One item, still text; its type where that could be read without a parser. */
export interface Item {
  readonly text: string
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
}

/** A ResourceList whose items are still text. */
export interface ResourceList {
  readonly header: string
  readonly items: readonly Item[]
  readonly functionConfig: unknown
  readonly codec: Codec
  /** Who asked: Kustomize, kpt, or a person with a pipe. */
  readonly caller: 'kustomize' | 'kpt' | 'stdin'
}

/**
 * Reads a ResourceList, apiVersion config.kubernetes.io/v1.
 * Throws InputError for what is no ResourceList, for YAML that does not parse and for a list without items.
 */
export async function readResourceList(text: string): Promise<ResourceList> {
  const parts = await splitAnyShape(text)
  if (parts.items.length === 0) throw new InputError(input['no-items']({}))
  const ofKustomize = itemsOfKustomize(parts.items)
  const items = ofKustomize ?? parts.items
  const caller = ofKustomize ? 'kustomize' : items.some((item) => packagePath(item) !== undefined) ? 'kpt' : 'stdin'
  const list: ResourceList = {
    header: parts.header,
    items: items.map((item) => ({ text: item, ...typeInText(item) })),
    functionConfig: readFunctionConfig(parts.functionConfig),
    codec: caller === 'kustomize' ? kustomizeCodec : await peopleCodec(),
    caller,
  }
  if (hasBreaksOfGo(text)) await requireOneReading(text, parts.items, list)
  return list
}

/** Writes the answer: header, items, results. */
export const writeResourceList = (list: ResourceList, items: readonly string[], results: readonly Result[]): string =>
  `${list.header}items:\n${items.join('')}${results.length > 0 ? `results: ${writeJson(results)}\n` : ''}`

/** Runs a parser; what it throws becomes an InputError that says what could not be read, and where. */
export function parsing<T>(what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (cause instanceof InputError) throw cause
    const reason = parserReason(cause)
    const said = /call stack/i.test(reason) ? 'it is nested too deeply' : reason
    throw new InputError(input['not-yaml']({}, what, said), { cause })
  }
}

/** Few texts have breaks that Go alone sees, so the parser that they need is loaded for them alone. */
async function requireOneReading(
  text: string,
  items: readonly string[],
  { codec, functionConfig }: ResourceList,
): Promise<void> {
  const { asLinesOfGo, isOneReading, SEVERAL_READINGS } = await import('../yaml/line-breaks.ts')
  const read = (item: string): unknown => codec.decode(item).object
  try {
    const toGo = await splitAnyShape(asLinesOfGo(text))
    const isOne =
      isOneReading(items.map(read), toGo.items.map(read)) &&
      isOneReading(functionConfig, readFunctionConfig(toGo.functionConfig))
    if (isOne) return
  } catch (cause) {
    // Kustomize writes what follows such a break on its line, so that only the text without it is YAML. Else the break is not why.
    parsing('stdin', () => {
      if (!isYaml(text.replaceAll(BREAKS_OF_GO, ''))) throw cause
    })
  }
  const { placeOfBreak } = await import('./line-break-place.ts')
  throw new InputError(input['not-yaml']({}, 'stdin', `${placeOfBreak(text)}: ${SEVERAL_READINGS}`))
}

function isYaml(text: string): boolean {
  try {
    readCanonicalYaml(text)
    return true
  } catch {
    // Whoever asks has the reason already.
    return false
  }
}

async function splitAnyShape(text: string): Promise<ResourceListText> {
  if (text.trim() === '') throw new InputError(input.empty({}))
  const fast = split(text)
  if (fast) return requireResourceList(fast)
  const { normalise } = await import('./normalise.ts')
  return requireResourceList(split(parsing('stdin', () => normalise(text))))
}

function requireResourceList(parts: ResourceListText | undefined): ResourceListText {
  if (parts && /^kind: *(["']?)ResourceList\1 *(?: #.*)?\r?$/m.test(parts.header)) return parts
  throw new InputError(input['not-a-resource-list']({}))
}

/** The items as `kustomize build` wants them back; undefined if it sent not all of them. */
function itemsOfKustomize(items: readonly string[]): string[] | undefined {
  const own: string[] = []
  for (const item of items) {
    const text = fromKustomize(item)
    if (text === undefined) return undefined
    own.push(text)
  }
  return own
}

function readFunctionConfig(text: string | undefined): unknown {
  if (text === undefined) return undefined
  const value = parsing('functionConfig', () => readCanonicalYaml(text))
  return isFields(value) ? value.functionConfig : undefined
}
