import { isDeepStrictEqual } from 'node:util'
import { parseDocument } from 'yaml'
import { type Fields, isFields } from '../../../functions/lib/kubernetes/objects.ts'
import { setInYamlText } from '../../../functions/lib/yaml/set-in-text.ts'
import { YamlTextError } from '../../../functions/lib/yaml/text-values.ts'
import { display } from '../../display.ts'
import { Failure } from '../../exit-code.ts'
import { type Kustomization, stringsOf } from '../../tree/kustomization.ts'
import { scalar } from './scalar.ts'

const FIELD = 'transformers'

/**
 * The text of a kustomization with one more transformer, the last to run. Every byte that was there stays. Throws Failure
 * (2) for a text that cannot be extended in this way.
 */
export async function withTransformer(kustomization: Kustomization, path: string): Promise<string> {
  const { text, fields, file } = kustomization
  const wanted = [...stringsOf(fields, FIELD), path]
  const after = FIELD in fields ? await replaced(text, wanted) : appended(text, path)
  if (after !== undefined && isDeepStrictEqual(read(after), { ...asFields(read(text)), [FIELD]: wanted })) return after
  throw new Failure(
    `${display(file)}: found no place for \`- ${path}\` under ${FIELD} without changing more; expected its fields in block style, one below the other, in one document`,
  )
}

async function replaced(text: string, wanted: readonly string[]): Promise<string | undefined> {
  try {
    return await setInYamlText(text, [FIELD], wanted)
  } catch (cause) {
    if (cause instanceof YamlTextError) return undefined
    throw cause
  }
}

function appended(text: string, path: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  // Indented as the lists of the file are: at the level of their key, or deeper.
  const indent = /^[a-zA-Z]+:[ ]*(?:#.*)?\r?\n( *)- /m.exec(text)?.[1] ?? ''
  const start = text === '' || text.endsWith('\n') ? text : text + newline
  return `${start}${FIELD}:${newline}${indent}- ${path}${newline}`
}

/** The text with `namespace:`, which it must not have yet. Throws Failure (2) for a namespace that no object can have. */
export function withNamespace(text: string, namespace: string, file: string): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw new Failure(`--namespace: found ${JSON.stringify(namespace)}, expected a DNS label such as shop`)
  if (asFields(read(text)).namespace !== undefined)
    throw new Failure(`${display(file)} has a namespace; run init without --namespace`)
  return `${text.endsWith('\n') ? text : `${text}\n`}namespace: ${scalar(namespace)}\n`
}

const asFields = (value: unknown): Fields => (isFields(value) ? value : {})

function read(text: string): unknown {
  const document = parseDocument(text, { merge: true })
  return document.errors.length === 0 ? document.toJS() : undefined
}
