import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'

/** One object of a build as the text that Kustomize wrote, and its identity. */
export interface BuiltObject {
  text: string
  apiVersion: string
  kind: string
  /** '' if the object has only a generateName. */
  name: string
  /** '' if the object names none. */
  namespace: string
}

const METADATA = /^metadata:\n((?: .*\n|\n)*)/m

/** The objects of what `kustomize build` printed: block YAML, two spaces deep, `---` between objects. */
export const splitBuild = (output: string): BuiltObject[] =>
  output === '' ? [] : output.split(/^---\n/m).map(builtObject)

function builtObject(text: string): BuiltObject {
  const metadata = METADATA.exec(text)?.[1] ?? ''
  return {
    text,
    apiVersion: scalar(/^apiVersion: (.*)$/m.exec(text)),
    kind: scalar(/^kind: (.*)$/m.exec(text)),
    name: scalar(/^ {2}name: (.*)$/m.exec(metadata)),
    namespace: scalar(/^ {2}namespace: (.*)$/m.exec(metadata)),
  }
}

/** Kustomize quotes what YAML would not read as a string, such as the name "123". */
const scalar = (match: RegExpExecArray | null): string =>
  match?.[1] === undefined ? '' : /^["']/.test(match[1]) ? String(readCanonicalYaml(match[1])) : match[1]

export const joinBuild = (objects: readonly BuiltObject[]): string => objects.map(({ text }) => text).join('---\n')

/** As plain data. Kustomize builds nothing without apiVersion, kind and metadata. */
export const objectsOf = (built: readonly BuiltObject[]): KubernetesObject[] =>
  built.map(({ text }) => readCanonicalYaml(text) as KubernetesObject)
