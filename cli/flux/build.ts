import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { isFields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import type { Builder } from '../kustomize/build.ts'
import { splitBuild } from '../render/documents.ts'
import { readKustomization } from '../tree/kustomization.ts'
import { resourcesIn } from './sources.ts'

/** One object as Kustomize wrote it, before variables are substituted. */
export interface Item {
  text: string
  /** Absolute path of the file that it is from; '' for what no file holds. */
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

/** Fields of a Kustomization of Flux that it adds to the kustomization of its folder. */
const ADDED = ['patches', 'images', 'namePrefix', 'nameSuffix'] as const

/** What Flux adds to the kustomization of the folder. Its paths are absolute. */
export function additionsOf(object: KubernetesObject, folder: string): Record<string, unknown> {
  const spec = isFields(object.spec) ? object.spec : {}
  const labels = valueAt(spec, ['commonMetadata', 'labels'])
  const components = Array.isArray(spec.components) ? spec.components : []
  return {
    ...Object.fromEntries(ADDED.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]]))),
    ...(typeof spec.targetNamespace === 'string' && { namespace: spec.targetNamespace }),
    ...(components.length > 0 && { components: components.map((path) => resolve(folder, String(path))) }),
    ...(isFields(labels) && { labels: [{ pairs: labels, includeSelectors: false }] }),
  }
}

/**
 * Builds a folder as the Kustomization controller does: with what the Kustomization adds, and a generated kustomization
 * where the folder has none.
 */
export async function buildAs(additions: Record<string, unknown>, folder: string, builder: Builder): Promise<Built> {
  mkdirSync(home(), { recursive: true })
  const wrapper = mkdtempSync(join(home(), 'build-'))
  const path = (to: string): string => relative(wrapper, realpathSync(to))
  const resources = (readKustomization(folder) ? [folder] : resourcesIn(folder)).map(path)
  const components = additions.components as string[] | undefined
  const kustomization = {
    ...additions,
    resources,
    ...(components && { components: components.map((one) => relative(wrapper, one)) }),
    buildMetadata: ['originAnnotations'],
  }
  writeFileSync(join(wrapper, 'kustomization.yaml'), JSON.stringify(kustomization))
  const { output, stderr } = await builder.attempt(wrapper)
  if (output === undefined) return { reason: reasonIn(stderr, wrapper) }
  return { items: splitBuild(output).map(({ text }) => withoutOrigin(text, wrapper)) }
}

/** What Kustomize said, without the paths of this program. */
function reasonIn(stderr: string, wrapper: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^(?:warning|info): /.test(line))
  return lines
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(wrapper, '')
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
