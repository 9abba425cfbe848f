import type { Finding } from '../../lib/framework/finding.ts'
import { matchesPattern } from '../../lib/framework/match.ts'
import { type FieldPath, formatPath, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { isCalledOrHashed } from '../../lib/kubernetes/previous-names.ts'
import { readYamlText, setInYamlText } from '../../lib/yaml/set-in-text.ts'
import { YamlTextError } from '../../lib/yaml/text-values.ts'
import { findings } from '../findings.ts'
import { pathsOf } from './field-pattern.ts'
import { type ImageAt, imageAt, type Obstacle, type Site, setAt, siteOf } from './image-at.ts'
import type { ConfigMapPlace } from './schema.ts'

/** The images in the texts of a ConfigMap that the places name. */
export async function imagesOfConfigMap(
  object: KubernetesObject,
  places: readonly ConfigMapPlace[],
): Promise<(ImageAt | Finding)[]> {
  const found: (ImageAt | Finding)[] = []
  for (const place of places) if (isNamed(object, place.configMap)) found.push(...(await imagesOfText(object, place)))
  return found
}

const isNamed = (object: KubernetesObject, pattern: string): boolean =>
  matchesPattern(pattern, object.metadata.name) || isCalledOrHashed(object, pattern)

async function imagesOfText(
  object: KubernetesObject,
  { key, path, parts }: ConfigMapPlace,
): Promise<(ImageAt | Finding)[]> {
  const at = ['data', key]
  const text = valueAt(object, at)
  if (typeof text !== 'string') return []
  if (path === undefined && parts === undefined) return [imageAt(siteOf(object), at, undefined) ?? []].flat()
  const root = await orProblem(readYamlText(text, []))
  if ('problem' in root) return [findings['unreadable-text']({ object, field: { path: formatPath(at) } }, root.problem)]
  const site: Site = {
    object,
    base: at,
    root: root.value,
    set: (inText, value) => setInText(object, at, inText, value),
  }
  const paths = path === undefined ? [[]] : pathsOf(site.root, path)
  return paths.flatMap((found) => imageAt(site, found, parts) ?? [])
}

async function setInText(object: KubernetesObject, at: FieldPath, path: FieldPath, value: string): Promise<Obstacle> {
  const text = await orProblem(setInYamlText(String(valueAt(object, at)), path, value))
  if (!('problem' in text)) return setAt(object, at, text.value)
  const { problem } = text
  return (details) => findings['unreadable-text'](details, problem)
}

/** The text as it was read or edited, or why it cannot be. */
async function orProblem<T>(promise: Promise<T>): Promise<{ value: T } | { problem: string }> {
  try {
    return { value: await promise }
  } catch (cause) {
    if (cause instanceof YamlTextError) return { problem: cause.message }
    throw cause
  }
}
