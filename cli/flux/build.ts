import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { type Fields, isFields, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import type { Builder } from '../kustomize/build.ts'
import { splitBuild } from '../render/documents.ts'
import { readKustomization, stringsOf } from '../tree/kustomization.ts'
import { resourcesIn } from './sources.ts'

/** One object as Kustomize wrote it, before variables are substituted. */
export interface Item {
  text: string
  /** Absolute path of the file that it is from; '' if it is in no file. */
  file: string
}

/** What the folder of a Kustomization builds, or why it does not. */
export type Built = { items: Item[] } | { reason: string }

const homes: string[] = []

/** A private folder, removed when the process ends. */
function home(): string {
  const [known] = homes
  if (known !== undefined) return known
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'krm-hardening-')))
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  homes.push(path)
  return path
}

/** Fields of a Kustomization of Flux that it writes into the kustomization of its folder. */
const ADDED = ['patches', 'images', 'namePrefix', 'nameSuffix', 'components'] as const

/** What Flux writes into the kustomization of the folder. */
export function additionsOf(object: KubernetesObject): Fields {
  const spec = isFields(object.spec) ? object.spec : {}
  return {
    ...Object.fromEntries(ADDED.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]]))),
    ...(typeof spec.targetNamespace === 'string' && { namespace: spec.targetNamespace }),
  }
}

/** Absolute paths of the components that a Kustomization adds. */
export const componentsAdded = (additions: Fields, folder: string): string[] =>
  stringsOf(additions, 'components').map((path) => resolve(folder, path))

/** Where a folder is, and what Flux adds to it. */
export interface Place {
  top: string
  folder: string
  additions: Fields
  /** Does it have functions? Flux builds their output, so its additions come after them. */
  isHardened: boolean
}

/**
 * Builds a folder as the Kustomization controller does: with what the Kustomization adds to its kustomization, or in a generated
 * one where the folder has none.
 */
export async function buildAs(place: Place, builder: Builder): Promise<Built> {
  mkdirSync(home(), { recursive: true })
  const wrapper = mkdtempSync(join(home(), 'build-'))
  const kustomization = place.isHardened ? undefined : readKustomization(place.folder)
  const at = kustomization ? copyByLinks(place, wrapper) : wrapper
  const fields = kustomization ? withAdditions(kustomization.fields, place.additions) : around(place, wrapper)
  writeFileSync(join(at, 'kustomization.yaml'), JSON.stringify(fields))
  const { output, stderr } = await builder.attempt(at)
  if (output === undefined) return { reason: reasonIn(stderr, wrapper, place.top) }
  const original = (file: string): string =>
    kustomization && file.startsWith(wrapper) ? join(place.top, relative(wrapper, file)) : file
  return {
    items: splitBuild(output)
      .map(({ text }) => withoutOrigin(text, at))
      .map(({ text, file }) => ({ text, file: original(file) })),
  }
}

const listIn = (fields: Fields, key: string): unknown[] => (Array.isArray(fields[key]) ? fields[key] : [])

/** The fields of a kustomization as Flux overwrites them. Source: https://github.com/fluxcd/pkg/blob/main/kustomize/kustomize_generator.go */
function withAdditions(own: Fields, additions: Fields): Fields {
  const images = listIn(additions, 'images').filter(isFields)
  const ownImages = listIn(own, 'images').filter(isFields)
  const lists = {
    patches: [...listIn(own, 'patches'), ...listIn(additions, 'patches')],
    components: [...listIn(own, 'components'), ...listIn(additions, 'components')],
    images: [
      ...ownImages.map((image) => images.find(({ name }) => name === image.name) ?? image),
      ...images.filter(({ name }) => !ownImages.some((image) => image.name === name)),
    ],
  }
  return {
    ...own,
    ...additions,
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    buildMetadata: [...new Set([...listIn(own, 'buildMetadata'), 'originAnnotations'])],
  }
}

/** A kustomization around a folder, in a folder of its own. */
function around({ folder, additions }: Place, wrapper: string): Fields {
  const path = (to: string): string => relative(wrapper, realpathSync(to))
  const components = componentsAdded(additions, folder)
  return {
    ...additions,
    resources: (readKustomization(folder) ? [folder] : resourcesIn(folder)).map(path),
    ...(components.length > 0 && { components: components.map(path) }),
    buildMetadata: ['originAnnotations'],
  }
}

/** A copy of the repository by links, in which a folder can get another kustomization. Answers the folder in it. */
function copyByLinks({ top, folder }: Place, copy: string): string {
  const steps = relative(top, folder).split(sep).filter(Boolean)
  const walk = (from: string, to: string, [step, ...rest]: readonly string[]): string => {
    for (const name of readdirSync(from))
      if (name !== step && !(step === undefined && KUSTOMIZATIONS.has(name)))
        symlinkSync(realpathSync(join(from, name)), join(to, name))
    if (step === undefined) return to
    mkdirSync(join(to, step))
    return walk(join(from, step), join(to, step), rest)
  }
  return walk(top, copy, steps)
}

const KUSTOMIZATIONS = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])

const escaped = (path: string): string => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What the functions refused, or else what Kustomize said, without the paths of this program. */
function reasonIn(stderr: string, ...own: string[]): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^(?:warning|info): /.test(line))
  const refused = [...new Set(lines.filter((line) => line.startsWith('error: ')))]
  if (refused.length > 0)
    return refused
      .map((line) => line.slice('error: '.length))
      .join('; ')
      .slice(0, 1000)
  return lines
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(new RegExp(own.map((path) => `${escaped(path)}/?`).join('|'), 'g'), '')
    .replace(/^.*recursed accumulation of path '[^']*': /, '')
    .replace(/^Error: (?:accumulating resources: )*/, '')
    .slice(0, 400)
}

const ORIGIN = /^ {4}config\.kubernetes\.io\/origin: \|\n((?: {6}.*\n)+)/m
const EMPTY_ANNOTATIONS = /^ {2}annotations:\n(?! {4})/m

function withoutOrigin(text: string, wrapper: string): Item {
  const [whole, origin = ''] = ORIGIN.exec(text) ?? []
  if (whole === undefined) return { text, file: '' }
  const path = /^ {6}(?:path|configuredIn): (.*)$/m.exec(origin)?.[1]
  return {
    text: text.replace(whole, '').replace(EMPTY_ANNOTATIONS, ''),
    file: path === undefined ? '' : resolve(wrapper, path),
  }
}
