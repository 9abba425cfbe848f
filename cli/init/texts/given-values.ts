import { type Container, containersOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { entriesOfFile } from './config-file.ts'
import { expandReferences, expandShell, referencesIn } from './expand.ts'
import type { Data, DataFile } from './pod-data.ts'

/** A value that the pods of a workload are given. */
export interface GivenValue {
  workload: Workload
  /** Object and field, for people: never the value itself, which may be secret. */
  source: string
  text: string
  /** The name of the variable, flag or key that holds it. Undefined for a plain argument. */
  name: string | undefined
  /** The values next to it by name: other variables, flags, keys of the same map. */
  siblings: ReadonlyMap<string, string>
  isSecret: boolean
  /** Do several workloads get it, so that nothing shows which of them uses it? */
  isShared: boolean
  /** Is it part of a file? There a URL outside is as often a link as a call. */
  isOfFile: boolean
}

/** Every command, argument and variable of a workload, and the ConfigMaps and Secrets of the build that it uses. */
export const givenValues = (workload: Workload, data: Data): GivenValue[] => [
  ...containersOf(workload.template).flatMap(({ container }) => ofContainer(workload, container, data)),
  ...data.filesOf(workload).flatMap((file) => ofFile(workload, file, data)),
]

interface Variable {
  text: string
  source: string
  isSecret: boolean
  isShared: boolean
}

function ofContainer(workload: Workload, container: Container, data: Data): GivenValue[] {
  const at = `${workload.kind} ${workload.name}: container ${container.name}`
  const variables = variablesOf(workload, container, at, data)
  const lookup = (name: string): string | undefined => variables.get(name)?.text ?? data.serviceLink(workload, name)
  const words = [...(container.command ?? []), ...(container.args ?? [])]
  const texts = new Map([...variables].map(([name, { text }]) => [name, expandReferences(text, lookup)]))
  // A variable that is only used in others is no call: the text that it ends up in is.
  const feeding = new Set([...words, ...[...variables.values()].map(({ text }) => text)].flatMap(referencesIn))
  const ofVariables = [...variables]
    .filter(([name]) => !feeding.has(name))
    .map(
      ([name, variable]): GivenValue => ({
        ...{ workload, ...variable, name, siblings: texts, isOfFile: false },
        text: texts.get(name) ?? variable.text,
      }),
    )
  const expand = (text: string): string =>
    expandShell(expandReferences(text, lookup), (name) => texts.get(name) ?? data.serviceLink(workload, name))
  return [...ofWords(workload, container, at, expand), ...ofVariables]
}

/** Variables in the order in which the kubelet sets them: `envFrom`, then `env`. */
const variablesOf = (workload: Workload, container: Container, at: string, data: Data): Map<string, Variable> =>
  new Map([
    ...(container.envFrom ?? []).flatMap((source) => fromAllKeys(source, workload, data)),
    ...(container.env ?? []).flatMap((variable) => fromOne(variable, workload, at, data)),
  ])

type EnvFrom = NonNullable<Container['envFrom']>[number]
function fromAllKeys(source: EnvFrom, workload: Workload, data: Data): [string, Variable][] {
  const { configMapRef, secretRef, prefix = '' } = source
  const object = data.object(workload, configMapRef ? 'ConfigMap' : 'Secret', configMapRef?.name ?? secretRef?.name)
  if (!object) return []
  const { isSecret, label, entries } = object
  const isShared = data.usersOfAllKeys(object) > 1
  return [...entries].map(([key, text]) => [
    `${prefix}${key}`,
    { text, source: `${label}: ${key}`, isSecret, isShared },
  ])
}

type EnvVar = NonNullable<Container['env']>[number]
function fromOne({ name, value, valueFrom }: EnvVar, workload: Workload, at: string, data: Data): [string, Variable][] {
  const source = `${at}: env ${name}`
  if (value !== undefined) return [[name, { text: value, source, isSecret: false, isShared: false }]]
  const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef
  const object = data.object(workload, valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret', reference?.name)
  const text = reference && object?.entries.get(reference.key)
  if (!object || !reference || text === undefined) return []
  const { isSecret, label } = object
  return [[name, { text, source: `${label}: ${reference.key}`, isSecret, isShared: false }]]
}

const FLAG = /^--?([\w.-]+)(?:=([\s\S]*))?$/

/** Commands and arguments. `--host=x` and `--host x` are values of the flag. */
function ofWords(workload: Workload, container: Container, at: string, expand: (text: string) => string): GivenValue[] {
  const words = (['command', 'args'] as const).flatMap((field) =>
    (container[field] ?? []).map((word, index) => ({
      text: expand(String(word)),
      source: `${at}: ${field}[${index}]`,
    })),
  )
  const named = words.map(({ text, source }, index) => {
    const [, flag, value] = FLAG.exec(text) ?? []
    const [, previous, written] = FLAG.exec(words[index - 1]?.text ?? '') ?? []
    if (flag !== undefined) return { source, name: flag, text: value ?? '' }
    return { source, name: previous !== undefined && written === undefined ? previous : undefined, text }
  })
  const siblings = new Map(
    named.flatMap(({ name, text }) => (name === undefined || text === '' ? [] : [[name, text] as const])),
  )
  return named.map((word) => ({ workload, ...word, siblings, isSecret: false, isShared: false, isOfFile: false }))
}

function ofFile(workload: Workload, { object, key, isShared }: DataFile, data: Data): GivenValue[] {
  const lookup = data.variablesOf(workload)
  return entriesOfFile(object.entries.get(key) ?? '', key).map((entry) => ({
    ...{ workload, isShared, isOfFile: true, isSecret: object.isSecret, source: `${object.label}: ${key}` },
    ...entry,
    text: expandShell(entry.text, lookup),
  }))
}
