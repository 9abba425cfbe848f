import { isFields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { BadSubstitution, expand } from './expand.ts'

/** The variables that postBuild of a Kustomization defines. */
export interface Variables {
  values: ReadonlyMap<string, string>
  /** Are there others, whose values nobody can read here? */
  hasUnknown: boolean
}

/** Where postBuild takes variables from: ConfigMaps and Secrets that are known so far. */
export type Lookup = (kind: string, name: string, namespace: string) => KubernetesObject | undefined

/** The variables of a Kustomization; undefined without postBuild. Inline ones override. Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution */
export function variablesOf(object: KubernetesObject, namespace: string, lookup: Lookup): Variables | undefined {
  const postBuild = valueAt(object, ['spec', 'postBuild'])
  if (!isFields(postBuild)) return undefined
  const values = new Map<string, string>()
  let hasUnknown = false
  for (const from of Array.isArray(postBuild.substituteFrom) ? postBuild.substituteFrom : []) {
    const source = isFields(from) ? lookup(String(from.kind), String(from.name), namespace) : undefined
    const known = source && readable(source)
    if (!known) hasUnknown ||= !isFields(from) || from.optional !== true || source !== undefined
    for (const [name, value] of known ?? []) values.set(name, oneLine(value))
  }
  for (const [name, value] of Object.entries(isFields(postBuild.substitute) ? postBuild.substitute : {}))
    values.set(name, oneLine(value))
  return { values, hasUnknown }
}

/** Flux takes line breaks out of a value. */
const oneLine = (value: unknown): string => String(value).replaceAll('\n', '')

/** The names that a source of variables gives, encrypted or not. */
export const namesIn = (object: KubernetesObject): string[] =>
  ['data', 'stringData'].flatMap((field) => (isFields(object[field]) ? Object.keys(object[field]) : []))

/** The variables of a ConfigMap or Secret; undefined where SOPS encrypts them. */
function readable(object: KubernetesObject): [string, string][] | undefined {
  const { data, stringData, kind } = object
  if (isFields(object.sops)) return undefined
  const entries = (fields: unknown): [string, string][] =>
    isFields(fields) ? Object.entries(fields).map(([key, value]) => [key, String(value)]) : []
  if (kind !== 'Secret') return entries(data)
  const decoded = entries(data).map(([key, value]): [string, string] => [key, Buffer.from(value, 'base64').toString()])
  const all = [...decoded, ...entries(stringData)]
  return all.some(([, value]) => value.includes('ENC[')) ? undefined : all
}

const DISABLED = /^ {4}kustomize\.toolkit\.fluxcd\.io\/substitute: ["']?disabled["']?$/m
const NAME = /^[_A-Za-z][_A-Za-z0-9]*$/

/**
 * The text of an object with its variables substituted. An unknown variable stays if something could still give it a value,
 * and is empty otherwise. Without any variable Flux leaves the text as it is. Throws BadSubstitution where Flux would
 * refuse to build.
 */
export function substituted(text: string, { values, hasUnknown }: Variables): string {
  if (!text.includes('$') || DISABLED.test(text) || (values.size === 0 && !hasUnknown)) return text
  const misnamed = [...values.keys()].find((name) => !NAME.test(name))
  if (misnamed !== undefined)
    throw new BadSubstitution(`${misnamed} is no name of a variable: expected letters, digits and underscores`)
  return expand(text, (name) => values.get(name) ?? (hasUnknown ? undefined : ''))
}
