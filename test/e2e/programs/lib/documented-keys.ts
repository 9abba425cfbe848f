import { didYouMean } from '../../../../functions/lib/framework/did-you-mean.ts'
import { formatPath, isFields } from '../../../../functions/lib/kubernetes/objects.ts'
import { blocks, config, flags } from '../mimir-config-keys.json'

/** What the reference says of a key: its type, its values, the name of a shared block, or the keys below it. */
type Documented = string | { readonly [key: string]: Documented }

const DURATION = /^(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w|y))+)$/

const isList = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem)
const isString = (value: unknown): boolean => typeof value === 'string'
const isDuration = (value: unknown): boolean => DURATION.test(String(value))

/** The types of the reference. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  '<boolean>': (value) => typeof value === 'boolean',
  '<duration>': isDuration,
  '<float>': (value) => typeof value === 'number',
  '<int>': Number.isInteger,
  '<list of durations>': (value) => isList(value, isDuration),
  '<list of strings>': (value) => isList(value, isString),
  '<string>': isString,
  '<url>': (value) => isString(value) && URL.canParse(String(value)),
}

/** What a configuration has that the reference does not know: keys, and values that no type or list admits. */
export const undocumented = (fields: unknown): string[] => compare(fields, config, [])

function compare(value: unknown, documented: Documented, path: string[]): string[] {
  const known = resolve(documented)
  if (typeof known === 'string')
    return admits(known, value) ? [] : [`${formatPath(path)}: found ${JSON.stringify(value)}, expected ${known}`]
  if (!isFields(value)) return [`${formatPath(path)}: found ${JSON.stringify(value)}, expected a block`]
  return Object.entries(value).flatMap(([key, item]) => {
    const entry = known[key]
    if (entry !== undefined) return compare(item, entry, [...path, key])
    return [`${formatPath([...path, key])}: not among the documented keys${didYouMean(key, Object.keys(known))}`]
  })
}

const resolve = (documented: Documented): Documented => {
  const name = typeof documented === 'string' ? /^\{(\w+)\}$/.exec(documented)?.[1] : undefined
  return name === undefined ? documented : blocks[name as keyof typeof blocks]
}

function admits(documented: string, value: unknown): boolean {
  if (!documented.startsWith('<')) return documented.split('|').includes(String(value))
  const isOfType = TYPES[documented]
  if (!isOfType) throw new Error(`mimir-config-keys.json: ${documented} is no type`)
  return isOfType(value)
}

/** What is wrong with the arguments of a Mimir process: `-flag=value` each; `$(NAME)` is a value that is not known here. */
export const undocumentedFlags = (args: readonly string[]): string[] =>
  args.flatMap((arg) => {
    const [, name = '', value = ''] = /^-([a-z0-9.-]+)=(.*)$/.exec(arg) ?? []
    const documented = (flags as Record<string, string>)[name]
    if (documented === undefined)
      return [`${arg}: not among the documented flags${didYouMean(name, Object.keys(flags))}`]
    return value.startsWith('$(') || admits(documented, fromText(documented, value))
      ? []
      : [`${arg}: expected ${documented}`]
  })

/** The value that a flag's text stands for. */
const fromText = (documented: string, value: string): unknown => {
  if (documented === '<boolean>') return value === 'true' || value === 'false' ? value === 'true' : value
  return documented === '<int>' ? Number(value) : value
}
