import { parseAllDocuments } from 'yaml'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import { isFields, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Entry } from './entry.ts'
import { flagsIn } from './flags.ts'
import { isPortSetting, namesHost } from './names.ts'
import { probedIn } from './probed-targets.ts'
import { entriesOfXml, isXml } from './xml-file.ts'

/** Longer text is data. Reading it would cost more than it helps. */
const LARGEST = 512 * 1024
const NOTHING: ReadonlyMap<string, string> = new Map()
/** A line of a configuration or of a program: `key = value`, `key: value`, `$object->key = value`, or a directive of nginx. */
const LINE =
  /^\s*(?:(?:export|const|let|var)\s+|\$\w+->)?["']?[.$]?([A-Za-z_][\w.-]*)["']?\s*(?:=>?|:(?=\s|$)|\s(?=\S.*;\s*$))\s*(.*?)[;,]?\s*$/
/** `settings['key'] = value`, and `define('KEY', value)` of PHP. */
const KEYED =
  /^\s*(?:\$?\w+(?:\[[^\]]*\])*\[["']([\w.-]+)["']\]\s*=|define\(\s*["'](\w+)["']\s*,)\s*(.*?)\s*\)?[;,]?\s*$/
/** A directive of two words, such as `Host database`. */
const DIRECTIVE = /^\s*([A-Za-z_][\w.-]*)\s+(\S+)\s*$/
/** `[name]`, the first and last line of a block, and `<name>` of Apache and Fluentd. */
const SECTION = /^\s*\[.*\]\s*$|[{}]\s*$|[([]\s*$|^\s*[)}\]]+[,;]?\s*$|^\s*<\/?[a-z@][^>]*>\s*$/i

/**
 * The values of a configuration file: YAML, JSON and XML by their structure, everything else line by line, section by
 * section. A text that is neither is one value.
 */
export function entriesOfFile(text: string, fileName: string): Entry[] {
  if (text.length > LARGEST) return []
  if (isXml(text, fileName)) return entriesOfXml(text)
  const structured = /\.(?:ya?ml|json)$/i.test(fileName) || /^\s*[{[]/.test(text)
  const documents = structured || looksLikeYaml(text) ? parsed(text) : undefined
  return documents
    ? documents
        .filter((document) => !isData(document))
        .flatMap((document) => entriesOfValue(document, undefined, NOTHING))
    : entriesOfLines(text)
}

/** Dashboards and rules of alerts, whose queries hold hosts as the values of labels. */
const isData = (document: unknown): boolean =>
  Array.isArray(valueAt(document, ['panels'])) || listAt(document, 'groups').some(({ rules }) => Array.isArray(rules))

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
    const probed = probedIn(value)
    return Object.entries(value).flatMap(([key, child]) => [
      ...(ADDRESS.test(key) ? [{ name, text: key, siblings: scalars }] : []),
      ...entriesOfValue(child, isLookup(key, scalars) ? 'hosts' : key, scalars).map((entry) =>
        probed !== undefined && key === 'static_configs' ? { ...entry, via: probed } : entry,
      ),
    ])
  }
  if (typeof value !== 'string') return []
  // A script or a file within the file.
  return value.includes('\n') ? entriesOfLines(value) : [{ name, text: value, siblings }]
}

/** A key that is an address itself, as in a map of weights. */
const ADDRESS = /^[a-z][\w.-]*:\d{2,5}$/i
/** The names that Prometheus looks up, and the port that all of them have. */
const isLookup = (key: string, siblings: ReadonlyMap<string, string>): boolean =>
  key === 'names' && siblings.has('port')

export function entriesOfLines(text: string): Entry[] {
  const sections: Entry[][] = [[]]
  // A command goes on in the next line after a backslash.
  for (const line of text.replaceAll(/\\\r?\n\s*/g, ' ').split('\n')) {
    if (SECTION.test(line)) sections.push([])
    if (!COMMENT.test(line)) sections.at(-1)?.push(entryOfLine(line), ...entriesOfFlags(line))
  }
  return sections.flatMap((entries) => {
    const siblings = new Map(
      entries.flatMap(({ name, text: value }) => (name === undefined ? [] : [[name, unquoted(value)] as const])),
    )
    return entries.map((entry) => (entry.siblings.size > 0 ? entry : { ...entry, siblings }))
  })
}

const COMMENT = /^\s*(?:#|;|\/\/)/
/** Longer lines are data. */
const LONGEST = 4096

function entryOfLine(line: string): Entry {
  const short = line.length > LONGEST ? '' : line
  const directive = DIRECTIVE.exec(short)
  const isSetting = directive?.[1] !== undefined && (namesHost(directive[1]) || isPortSetting(directive[1]))
  const match = LINE.exec(short) ?? (isSetting ? directive : null)
  if (match) return { name: match[1], text: match[2] ?? '', siblings: NOTHING }
  const keyed = KEYED.exec(short)
  return keyed
    ? { name: keyed[1] ?? keyed[2], text: keyed[3] ?? '', siblings: NOTHING }
    : { name: undefined, text: line, siblings: NOTHING }
}

/** The flags of a command line, each with its value: `--db-host=database --db-port 5432`. */
export function entriesOfFlags(line: string): Entry[] {
  const flags = line.length > LONGEST ? [] : flagsIn(line)
  const siblings = new Map(flags)
  return flags.map(([name, text]) => ({ name, text, siblings }))
}

const unquoted = (text: string): string => text.replace(/^["'](.*)["']$/, '$1')
