import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Document } from 'yaml'
import { listAt, textAt } from '../../../functions/lib/kubernetes/fields.ts'
import {
  type FieldPath,
  type Fields,
  isFields,
  type KubernetesObject,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { isFile } from '../../tree/kustomization.ts'
import { pathsAt } from './field-path.ts'
import type { InFile } from './pieces.ts'
import { selectorOf } from './selected.ts'
import { type SourceDocument, scalarAt } from './source-files.ts'
import { partOf, type WrittenValue } from './written-value.ts'

/** An object and its file. */
export interface InTree {
  document: SourceDocument
  object: KubernetesObject
}

/** Some characters of a field, by their place between delimiters. */
export interface Part {
  delimiter: string
  index: number
}

export function partIn(options: unknown): Part | undefined {
  const delimiter = textAt(options, 'delimiter')
  const index = valueAt(options, ['index'])
  return delimiter === undefined ? undefined : { delimiter, index: typeof index === 'number' ? index : 0 }
}

/**
 * Where the value of a replacement is written: in a field of an object, in a literal or a line of variables of a generated
 * ConfigMap, or in the replacement, which is at `at`. Undefined where no file shows it in one piece.
 */
export function sourceOf(
  { source, sourceValue }: Fields,
  at: { document: SourceDocument; path: FieldPath },
  objects: readonly InTree[],
  kustomizations: readonly SourceDocument[],
): InFile | undefined {
  if (sourceValue !== undefined) return inFile(at.document, [...at.path, 'sourceValue'])
  if (!isFields(source)) return undefined
  const { fieldPath, options, ...named } = source
  const path = typeof fieldPath === 'string' ? fieldPath : 'metadata.name'
  const isSource = selectorOf(named)
  const found = objects.find(({ object }) => isSource(object))
  const whole = found ? inObject(found, path) : inGenerated(named, path, kustomizations)
  const part = partIn(options)
  return whole && part ? onlyPart(whole, part) : whole
}

function inObject({ document, object }: InTree, fieldPath: string): InFile | undefined {
  const [path] = pathsAt(object, fieldPath)
  return path && inFile(document, path)
}

function inFile(document: SourceDocument, path: FieldPath): InFile | undefined {
  const value = scalarAt(document, path)
  return value && { document, value }
}

/** A value of a generated ConfigMap: a literal, or a line of a file with variables. */
function inGenerated(source: Fields, fieldPath: string, kustomizations: readonly SourceDocument[]): InFile | undefined {
  const key = /^data\.(.+)$/.exec(fieldPath)?.[1]?.replaceAll('\\.', '.')
  if (source.kind !== 'ConfigMap' || key === undefined) return undefined
  return kustomizations
    .flatMap((document) =>
      listAt(document.fields, 'configMapGenerator').flatMap((generator, index) =>
        generator.name === source.name
          ? [...inLiterals(document, index, generator, key), ...inVariables(document, generator, key)]
          : [],
      ),
    )
    .at(-1)
}

function inLiterals(document: SourceDocument, index: number, { literals }: Fields, key: string): InFile[] {
  return (Array.isArray(literals) ? literals : []).flatMap((literal, item) => {
    const text = String(literal)
    const written = text.startsWith(`${key}=`) && inFile(document, ['configMapGenerator', index, 'literals', item])
    const value = written && partOf(written.value, document.text, ...withoutQuotes(text, key.length + 1))
    return value ? [{ document, value }] : []
  })
}

function inVariables({ file }: SourceDocument, { envs, env }: Fields, key: string): InFile[] {
  return [env, ...(Array.isArray(envs) ? envs : [])].flatMap((name) => {
    const path = typeof name === 'string' ? resolve(dirname(file), name) : ''
    const text = isFile(path) ? readFileSync(path, 'utf8') : undefined
    const line = text?.split('\n').findIndex((one) => one.startsWith(`${key}=`)) ?? -1
    if (text === undefined || line < 0) return []
    const before = text.split('\n').slice(0, line).join('\n').length + (line > 0 ? 1 : 0)
    const [content = ''] = text.slice(before).split(/\r?\n/)
    const start = before + key.length + 1
    const end = before + content.length
    const value: WrittenValue = { value: text.slice(start, end), range: [start, end, end], isPart: true }
    return [{ document: asDocument(path, text), value }]
  })
}

/** A literal may have quotes around its value, which Kustomize takes off. */
const withoutQuotes = (text: string, from: number): [from: number, to: number] =>
  /^(["']).*\1$/.test(text.slice(from)) ? [from + 1, text.length - 1] : [from, text.length]

function asDocument(file: string, text: string): SourceDocument {
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  return { file, text, document: new Document(), data: undefined, fields: {}, lineOf }
}

function onlyPart({ document, value }: InFile, { delimiter, index }: Part): InFile | undefined {
  const parts = String(value.value).split(delimiter)
  const chosen = parts[index]
  if (chosen === undefined) return undefined
  const from = parts.slice(0, index).join(delimiter).length + (index > 0 ? delimiter.length : 0)
  const part = partOf(value, document.text, from, from + chosen.length)
  return part && { document, value: part }
}
