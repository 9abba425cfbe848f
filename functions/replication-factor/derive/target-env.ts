import { formatPath } from '../../lib/kubernetes/objects.ts'
import { type Container, type ContainerAt, containersOf } from '../../lib/kubernetes/pod-template.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { named } from '../build/scalable.ts'
import type { DeriveTarget } from '../config-derive.ts'
import { asText, type DerivedField, type Placing, type Value } from './field.ts'
import { withPart } from './text.ts'
import { TextError } from './text-error.ts'
import { type Variable, variablesOf } from './variable.ts'

/** The variable of every container that has it; else of the one to add it to. */
export const envFields = (placing: Placing, target: NonNullable<DeriveTarget['env']>): DerivedField[] =>
  workloadsNamed(placing, target.workload).flatMap((workload) => {
    const all = containersOf(workload.template).filter(
      ({ container }) => target.container === undefined || container.name === target.container,
    )
    const having = all.filter(({ container }) => find(container, target.name))
    const [first] = all.filter(({ list }) => list === 'containers' || target.container !== undefined)
    const chosen = having.length > 0 ? having : first ? [first] : []
    return chosen.map((at) => variableField(placing, workload, at, target.name))
  })

export const workloadsNamed = ({ build, rule, namespace }: Placing, name: string | undefined): Workload[] =>
  build.topology.workloadsIn(namespace).filter((workload) => {
    const standIn = build.standIns.get(workload.object)
    return named(standIn ? [workload, standIn] : [workload], name ?? rule.from).length > 0
  })

/** Of two variables of one name the container sees the last. */
const find = (container: Container, name: string): Variable | undefined =>
  variablesOf(container).findLast((variable) => variable.name === name)

/** A variable, or a part of its value. */
export function variableField(
  { rule }: Placing,
  workload: Workload,
  { container, path }: ContainerAt,
  name: string,
  part?: string,
): DerivedField {
  const variable = find(container, name)
  const form = (value: Value): string => withPart(variable?.value ?? '', part, asText(value, rule))
  return {
    object: workload.object,
    field: `${formatPath([...path, 'env'])}[name=${name}]`,
    part,
    read: () => variable?.value,
    form,
    write(value) {
      if (variable?.valueFrom) throw new TextError(`${name} comes from valueFrom; give it a value`)
      if (variable) variable.value = form(value)
      else container.env = [...(container.env ?? []), { name, value: form(value) }]
    },
  }
}
