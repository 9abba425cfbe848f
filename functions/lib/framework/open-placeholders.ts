import { type FieldPath, formatPath, isFields, type KubernetesObject } from '../kubernetes/objects.ts'
import type { Finding } from './finding.ts'
import { objects as findings } from './findings.ts'
import { InputError } from './input-error.ts'

const SUBSTITUTE = 'kustomize.toolkit.fluxcd.io/substitute'

/**
 * Does Flux leave `${` in its text as it is? An annotation or a label says so.
 * Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const optsOutOfSubstitution = ({ metadata: { labels, annotations } }: KubernetesObject): boolean =>
  [labels, annotations].some((names) => names?.[SUBSTITUTE] === 'disabled')

/**
 * A finding for each text of an object in which a placeholder begins and does not end. Flux substitutes in the text of the
 * whole manifest, so it would end in another value, and all fields between the two would be gone.
 */
export function openPlaceholders(object: KubernetesObject): Finding[] {
  if (optsOutOfSubstitution(object)) return []
  return openTexts(object, []).map((path) =>
    findings['open-placeholder']({ object, field: { path: formatPath(path) } }),
  )
}

/** Throws InputError with the findings about all objects. */
export function requireClosed(objects: readonly KubernetesObject[]): void {
  const refused = objects.flatMap(openPlaceholders)
  if (refused.length > 0) throw new InputError(refused)
}

function openTexts(value: unknown, path: FieldPath): FieldPath[] {
  if (typeof value === 'string') return isOpen(value) ? [path] : []
  if (Array.isArray(value)) return value.flatMap((item, index) => openTexts(item, [...path, index]))
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([key, child]) => {
    const own = [...path, key]
    return isOpen(key) ? [own, ...openTexts(child, own)] : openTexts(child, own)
  })
}

/** `$$` stands for a dollar sign. */
function isOpen(text: string): boolean {
  let open = 0
  for (const [mark] of text.includes('${') ? text.matchAll(/\$\$|\$\{|\}/g) : [])
    if (mark === '${') open++
    else if (mark === '}' && open > 0) open--
  return open > 0
}
