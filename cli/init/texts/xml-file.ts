import type { Entry } from './entry.ts'

/** An opening tag with its attributes, a closing tag, or the text in between. */
const TOKENS =
  /<([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<\/([A-Za-z][\w:.-]*)\s*>|([^<]+)/g
const ATTRIBUTES = /([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g
/** Comments and instructions, each to its end, so that none is looked for twice. */
const NO_DATA = /<!--[\s\S]*?(?:-->|$)|<\?[\s\S]*?(?:\?>|$)|<!\[CDATA\[|\]\]>/g

/** Is the text one element that holds others with text in them? Sections of Apache and of Fluentd hold lines. */
export const isXml = (text: string, fileName: string): boolean =>
  /^\s*</.test(text) && !/^\s*<\?php/.test(text) && (/\.xml$/i.test(fileName) || /^\s*<\?xml\b/.test(text))

/** The values of XML: the text of an element by its name, next to those of the same element. */
export function entriesOfXml(text: string): Entry[] {
  const entries: Entry[] = []
  const open: { name: string; values: [string, string][]; text: string }[] = [{ name: '', values: [], text: '' }]
  const close = (): void => {
    const element = open.pop()
    if (!element || open.length === 0) return
    const value = element.text.trim()
    if (value !== '' && element.values.length === 0) open.at(-1)?.values.push([element.name, value])
    else entries.push(...entriesOf(element.values))
  }
  for (const [, opened, attributes = '', isEmpty, closed, data] of text.replaceAll(NO_DATA, '').matchAll(TOKENS)) {
    if (opened !== undefined) {
      open.push({ name: opened, values: attributesOf(attributes), text: '' })
      if (isEmpty === '/') close()
    } else if (closed !== undefined) close()
    else if (data !== undefined) {
      const element = open.at(-1)
      if (element) element.text += data
    }
  }
  while (open.length > 1) close()
  return [...entries, ...entriesOf(open[0]?.values ?? [])]
}

const attributesOf = (text: string): [string, string][] =>
  [...text.matchAll(ATTRIBUTES)]
    .map(([, name = '', double, single]): [string, string] => [name, double ?? single ?? ''])
    .filter(([name]) => name !== 'index' && !name.startsWith('xmlns'))

/** Hadoop writes a setting as an element for its name and one for its value. */
function entriesOf(values: readonly [string, string][]): Entry[] {
  const siblings = new Map(values)
  const [name, value] = [siblings.get('name'), siblings.get('value')]
  if (name !== undefined && value !== undefined) return [{ name, text: value, siblings: new Map() }]
  return values.map(([key, text]) => ({ name: key, text, siblings }))
}
