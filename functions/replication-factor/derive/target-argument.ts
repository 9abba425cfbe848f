import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Container, type ContainerAt, containersOf, podTemplateOf } from '../../lib/kubernetes/pod-template.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { DeriveTarget } from '../config-derive.ts'
import { asText, type DerivedField, type Placing } from './field.ts'
import { variableField, workloadsNamed } from './target-env.ts'
import { withPart } from './text.ts'
import { expandVariables, referredVariable, variablesOf } from './variable.ts'

type ArgumentTarget = NonNullable<DeriveTarget['argument']>

/** The flag's value in every container that has it; where that is `$(NAME)` of the container's own, the variable. */
export const argumentFields = (placing: Placing, target: ArgumentTarget): DerivedField[] =>
  workloadsNamed(placing, target.workload).flatMap((workload) =>
    argumentsOf(workload.object, target.flag, target.container).map((argument) => {
      const variable = referredVariable(argument.value)
      const { at } = argument
      const isOwn = variablesOf(at.container).some(({ name, value }) => name === variable && value !== undefined)
      return variable !== undefined && isOwn
        ? variableField(placing, workload, at, variable, target.part)
        : argumentField(placing, workload, argument, target.part)
    }),
  )

function argumentField(
  { rule }: Placing,
  workload: Workload,
  argument: Argument,
  part: string | undefined,
): DerivedField {
  const { at, list, index, lead, value: current } = argument
  return {
    object: workload.object,
    field: argument.field,
    part,
    read: () => current,
    form: (value) => asText(value, rule),
    write(value) {
      const wanted = withPart(current, part, asText(value, rule))
      // What the container sees is right already: its placeholders stay.
      if (expandVariables(current, at.container, workload.namespace) !== wanted) list[index] = `${lead}${wanted}`
    },
  }
}

/** A command-line flag of a container, and where its value is. */
export interface Argument {
  at: ContainerAt
  /** Path of the item that holds the value. */
  field: string
  list: string[]
  index: number
  /** `--flag=`, or nothing where the value is an item of its own. */
  lead: string
  value: string
}

/**
 * Every place where the containers of an object are given a flag, as `--flag=VALUE` or as two items. One dash is the same
 * as two, as in programs written in Go.
 */
export function argumentsOf(object: KubernetesObject, flag: string, containerName?: string): Argument[] {
  const template = podTemplateOf(object)
  if (!template) return []
  return containersOf(template)
    .filter(({ container }) => containerName === undefined || container.name === containerName)
    .flatMap((at) => [...inList(at, 'command', bare(flag)), ...inList(at, 'args', bare(flag))])
}

const bare = (flag: string): string => flag.replace(/^--?/, '')

function inList(at: ContainerAt, key: 'command' | 'args', flag: string): Argument[] {
  const list: Container['args'] = at.container[key] ?? []
  const found = (index: number, lead: string, value: string): Argument[] => [
    { at, field: formatPath([...at.path, key, index]), list, index, lead, value },
  ]
  return list.flatMap((item, index) => {
    if (typeof item !== 'string' || !item.startsWith('-')) return []
    const equals = item.indexOf('=')
    if (equals > 0 && bare(item.slice(0, equals)) === flag)
      return found(index, item.slice(0, equals + 1), item.slice(equals + 1))
    const next = list[index + 1]
    return bare(item) === flag && typeof next === 'string' ? found(index + 1, '', next) : []
  })
}
