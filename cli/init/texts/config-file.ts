import { parseAllDocuments } from 'yaml'
import { isFields } from '../../../functions/lib/kubernetes/objects.ts'

/** One value of a text: its key if it has one, and the values next to it by key. */
export interface Entry {
  name: string | undefined
  text: string
  siblings: ReadonlyMap<string, string>
}

/** Longer text is data. Reading it would cost more than it helps. */
const LARGEST = 512 * 1024
const NOTHING: ReadonlyMap<string, string> = new Map()
/** A line of a configuration: `key = value`, `key: value`, or a directive of nginx. */
const LINE = /^\s*(?:export\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*(?:=|:(?=\s|$)|\s(?=\S.*;\s*$))\s*(.*?)[;,]?\s*$/
const SECTION = /^\s*\[.*\]\s*$|[{}]\s*$/

/**
 * The values of a configuration file: YAML and JSON by their structure, everything else line by line, section by
 * section. A text that is neither is one value.
 */
export function entriesOfFile(text: string, fileName: string): Entry[] {
  if (text.length > LARGEST) return []
  const structured = /\.(?:ya?ml|json)$/i.test(fileName) || /^\s*[{[]/.test(text)
  const documents = structured || looksLikeYaml(text) ? parsed(text) : undefined
  return documents
    ? documents.flatMap((document) => entriesOfValue(document, undefined, NOTHING))
    : entriesOfLines(text)
}

const looksLikeYaml = (text: string): boolean => /^[\w-]+:(?: |$)/m.test(text) && !/[;{]\s*$/m.test(text)

/** Undefined for a text that is no YAML, or only a scalar. Templates and scripts are read line by line. */
function parsed(text: string): unknown[] | undefined {
  try {
    const documents = parseAllDocuments(text, { version: '1.1', merge: true, logLevel: 'silent', uniqueKeys: false })
    if (documents.some(({ errors }) => errors.length > 0)) return undefined
    const values: unknown[] = documents.map((document) => document.toJS({ maxAliasCount: 100 }))
    return values.every((value) => typeof value === 'object') ? values : undefined
  } catch {
    // Too many aliases, or an unknown tag: not the configuration of a known program.
    return undefined
  }
}

export function entriesOfValue(
  value: unknown,
  name: string | undefined,
  siblings: ReadonlyMap<string, string>,
): Entry[] {
  if (Array.isArray(value)) return value.flatMap((item) => entriesOfValue(item, name, siblings))
  if (isFields(value)) {
    const scalars = new Map(
      Object.entries(value).flatMap(([key, child]): [string, string][] =>
        typeof child === 'string' || typeof child === 'number' ? [[key, String(child)]] : [],
      ),
    )
    return Object.entries(value).flatMap(([key, child]) => entriesOfValue(child, key, scalars))
  }
  if (typeof value !== 'string') return []
  // A script or a file within the file.
  return value.includes('\n') ? entriesOfLines(value) : [{ name, text: value, siblings }]
}

function entriesOfLines(text: string): Entry[] {
  const sections: Entry[][] = [[]]
  for (const line of text.split('\n')) {
    if (SECTION.test(line)) sections.push([])
    const match = LINE.exec(line.length > 4096 ? '' : line)
    const entry = match ? { name: match[1], text: match[2] ?? '' } : { name: undefined, text: line }
    if (!/^\s*(?:#|;|\/\/)/.test(line)) sections.at(-1)?.push({ ...entry, siblings: NOTHING })
  }
  return sections.flatMap((entries) => {
    const siblings = new Map(
      entries.flatMap(({ name, text: value }) => (name === undefined ? [] : [[name, unquoted(value)] as const])),
    )
    return entries.map((entry) => ({ ...entry, siblings }))
  })
}

const unquoted = (text: string): string => text.replace(/^["'](.*)["']$/, '$1')
