import { valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { type Container, containersOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { serviceAccountOf } from '../../../functions/lib/kubernetes/pod-traits.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { expandLookups } from './code.ts'
import { isClient } from './commands.ts'
import { entriesOfFile, entriesOfFlags, entriesOfLines } from './config-file.ts'
import { expandReferences, expandShell, referencesIn } from './expand.ts'
import type { Data, DataFile, DataObject } from './pod-data.ts'

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
  /** Does what they get name one Service alone, so that it is what all of them call? */
  isDedicated?: boolean
  /** The ConfigMap or Secret that has it. */
  object?: DataObject
  /** Is it part of a file? There a URL outside is as often a link as a call. */
  isOfFile: boolean
  /** The host and port of what calls instead of the workload. */
  via?: string
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
  object?: DataObject
  /** What the kubelet says of the pod itself, which others may contain and which is no call. */
  isFact?: true
}

function ofContainer(workload: Workload, container: Container, data: Data): GivenValue[] {
  const at = `${workload.kind} ${workload.name}: container ${container.name}`
  const variables = variablesOf(workload, container, at, data)
  const lookup = (name: string): string | undefined => variables.get(name)?.text ?? data.serviceLink(workload, name)
  const words = wordsOf(container, at).flat()
  const texts = new Map([...variables].map(([name, { text }]) => [name, expandReferences(text, lookup)]))
  // A variable that is only used in others is no call: the text that it ends up in is.
  const feeding = new Set(
    [...words.map(({ text }) => text), ...[...variables.values()].map(({ text }) => text)].flatMap(referencesIn),
  )
  const ofVariables = [...variables]
    .filter(([name, { isFact }]) => !feeding.has(name) && !isFact)
    .map(
      ([name, { text, ...variable }]): GivenValue => ({
        ...{ workload, ...variable, name, siblings: texts, isOfFile: false },
        text: texts.get(name) ?? text,
      }),
    )
  const inShell = (name: string): string | undefined => texts.get(name) ?? data.serviceLink(workload, name)
  const expand = (text: string): string => expandShell(expandReferences(text, lookup), inShell)
  return [
    ...wordsOf(container, at).flatMap((line) => ofWords(workload, line, expand)),
    // Programs such as Spring expand the variables in a variable themselves.
    ...ofVariables.map((value) => ({ ...value, text: expandShell(value.text, inShell) })),
  ].flatMap(parts)
}

/** A value of several lines is read line by line or as the file that it is, and one with flags also flag by flag. */
function parts(value: GivenValue): GivenValue[] {
  const { text, name } = value
  if (text.trimEnd().includes('\n') || JSON_TEXT.test(text)) {
    const entries = name === undefined ? entriesOfLines(text) : entriesOfFile(text, name)
    return entries.map((entry) => ({ ...value, ...entry, isOfFile: name !== undefined }))
  }
  return [value, ...(/^-|\s-/.test(text) ? entriesOfFlags(text) : []).map((entry) => ({ ...value, ...entry }))]
}

const JSON_TEXT = /^\s*(?:\{\s*"[\s\S]*\}|\[\s*[{"][\s\S]*\])\s*$/

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
    { text, source: `${label}: ${key}`, isSecret, isShared, object },
  ])
}

type EnvVar = NonNullable<Container['env']>[number]
function fromOne({ name, value, valueFrom }: EnvVar, workload: Workload, at: string, data: Data): [string, Variable][] {
  const source = `${at}: env ${name}`
  if (value !== undefined) return [[name, { text: value, source, isSecret: false, isShared: false }]]
  if (valueFrom?.fieldRef?.fieldPath === 'status.hostIP')
    return [[name, { text: NODE, source, isSecret: false, isShared: false }]]
  const fact = factAt(valueFrom?.fieldRef?.fieldPath, workload)
  if (fact !== undefined) return [[name, { text: fact, source, isSecret: false, isShared: false, isFact: true }]]
  const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef
  const object = data.object(workload, valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret', reference?.name)
  const text = reference && object?.entries.get(reference.key)
  if (!object || !reference || text === undefined) return []
  const { isSecret, label } = object
  return [[name, { text, source: `${label}: ${reference.key}`, isSecret, isShared: false }]]
}

/** Stands for the address of the pod's node, which no host has as its name. */
export const NODE = 'node.invalid'

/**
 * A field of the pod that its template already shows; of the pods of a StatefulSet, the name of the first. Source:
 * https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
 */
function factAt(path: string | undefined, workload: Workload): string | undefined {
  const { kind, name, namespace, labels } = workload
  if (path === 'metadata.namespace') return namespace
  if (path === 'metadata.name') return kind === 'StatefulSet' ? `${name}-0` : undefined
  if (path === 'spec.serviceAccountName') return serviceAccountOf(workload) ?? 'default'
  const label = /^metadata\.labels\['([^']+)'\]$/.exec(path ?? '')?.[1]
  return label === undefined ? undefined : labels[label]
}

const FLAG = /^--?([\w.-]+)(?:=([\s\S]*))?$/

/** `-c` and `-ec`, behind which is a program for a shell. */
const SCRIPT = /^[a-z]{0,3}c$/

interface Word {
  text: string
  source: string
}

/** Where a container has commands next to its own. */
const COMMANDS = [
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => [probe, 'exec', 'command']),
  ...['postStart', 'preStop'].map((hook) => ['lifecycle', hook, 'exec', 'command']),
]

/** The command lines of a container: command and arguments, and what its probes and hooks run. */
function wordsOf(container: Container, at: string): Word[][] {
  const lines = (path: readonly string[]): Word[] =>
    wordsAt(container, path).map((text, index) => ({ text, source: `${at}: ${path.join('.')}[${index}]` }))
  return [[...lines(['command']), ...lines(['args'])], ...COMMANDS.map(lines)].filter((line) => line.length > 0)
}

function wordsAt(container: Container, path: readonly string[]): string[] {
  const value = valueAt(container, [...path])
  return Array.isArray(value) ? value.map(String) : []
}

/** A command line. `--host=x` and `--host x` are values of the flag. */
function ofWords(workload: Workload, line: readonly Word[], expand: (text: string) => string): GivenValue[] {
  const words = line.map(({ text, source }) => ({ text: expand(text), source }))
  const [first] = words
  // Each client reads its options in its own way, and the whole line shows it.
  if (first && isClient(first.text) && words.every(({ text }) => !/\s/.test(text)))
    return [
      {
        ...{ workload, name: undefined, siblings: new Map(), isSecret: false, isShared: false, isOfFile: false },
        ...{ source: first.source.replace(/\[0\]$/, ''), text: words.map(({ text }) => text).join(' ') },
      },
    ]
  const named = words.map(({ text, source }, index) => {
    const [, flag, value] = FLAG.exec(text) ?? []
    const [, previous, written] = FLAG.exec(words[index - 1]?.text ?? '') ?? []
    if (flag !== undefined) return { source, name: flag.replace(/^D(?=[a-z])/, ''), text: value ?? '' }
    const isValue = previous !== undefined && written === undefined && !SCRIPT.test(previous)
    return { source, name: isValue ? previous : undefined, text }
  })
  const siblings = new Map(
    named.flatMap(({ name, text }) => (name === undefined || text === '' ? [] : [[name, text] as const])),
  )
  return named.map((word) => ({ workload, ...word, siblings, isSecret: false, isShared: false, isOfFile: false }))
}

/** A file for each value, such as `host` and `port`. Source: https://servicebinding.io/spec/core/1.1.0/#workload-projection */
const isOneValue = (text: string, key: string): boolean => !key.includes('.') && /^\s*[^\s=:]+\s*$/.test(text)

function ofFile(workload: Workload, { object, key, isShared }: DataFile, data: Data): GivenValue[] {
  const lookup = data.variablesOf(workload)
  const text = expandLookups(expandShell(object.entries.get(key) ?? '', lookup), lookup)
  const entries = isOneValue(text, key) ? [{ name: key, text, siblings: object.entries }] : entriesOfFile(text, key)
  return entries.map((entry) => ({
    ...{ workload, isShared, object, isOfFile: true, isSecret: object.isSecret, source: `${object.label}: ${key}` },
    ...entry,
  }))
}
