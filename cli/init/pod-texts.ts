import { isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { containersOf } from '../../functions/lib/kubernetes/pod-template.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'
import { withoutHash } from '../render/former-names.ts'
import { entriesOf, isDataObject, referencesOf } from './pod-data.ts'

/** A text that the pods of a workload are given. */
export interface PodText {
  workload: Workload
  /** Object and field, for people: never the text itself, which may be secret. */
  source: string
  text: string
  isSecret: boolean
  /** The value that stands beside it under another name: another variable, another key of the same ConfigMap. */
  beside(name: string): string | undefined
  /** What the text is called: the variable, or the key. Undefined for arguments. */
  name: string | undefined
}

/** Every command, argument and variable of the workloads, and the ConfigMaps and Secrets of the build that they use. */
export function podTexts(workloads: readonly Workload[], objects: readonly KubernetesObject[]): PodText[] {
  const data = new Map(objects.filter(isDataObject).map((object) => [keyOf(object, object.metadata.name), object]))
  return workloads.flatMap((workload) => [
    ...ownTexts(workload),
    ...referencesOf(workload).flatMap(({ kind, name, keys }) => {
      const object = data.get(keyOf({ kind, metadata: { namespace: workload.namespace } }, name))
      return object ? dataTexts(workload, object, keys) : []
    }),
  ])
}

const keyOf = ({ kind, metadata }: { kind: string; metadata: { namespace?: string } }, name: string): string =>
  `${kind} ${metadata.namespace ?? ''}/${name}`

function ownTexts(workload: Workload): PodText[] {
  return containersOf(workload.template).flatMap(({ container }) => {
    const at = `${workload.kind} ${workload.name}: container ${container.name}`
    const variables = new Map((container.env ?? []).map(({ name, value }) => [name, value]))
    const beside = (name: string): string | undefined => variables.get(name)
    const listed = (['command', 'args'] as const).flatMap((field) =>
      (container[field] ?? []).map((text, index) => ({
        ...{ workload, text, name: undefined, isSecret: false, beside: () => undefined },
        source: `${at}: ${field}[${index}]`,
      })),
    )
    const named = [...variables].flatMap(([name, text]) =>
      text === undefined ? [] : [{ workload, text, name, isSecret: false, beside, source: `${at}: env ${name}` }],
    )
    return [...listed, ...named]
  })
}

function dataTexts(workload: Workload, object: KubernetesObject, keys: ReadonlySet<string> | undefined): PodText[] {
  const entries = entriesOf(object)
  const isSecret = isKind(object, '', 'Secret')
  return [...entries]
    .filter(([name]) => keys === undefined || keys.has(name))
    .map(([name, text]) => ({
      ...{ workload, text, name, isSecret },
      source: `${isSecret ? 'Secret' : 'ConfigMap'} ${withoutHash(object.metadata.name)}: ${name}`,
      beside: (other) => entries.get(other),
    }))
}
