import { formatPath } from '../../lib/kubernetes/object.ts'
import { type Container, type ContainerAt, containersOf } from '../../lib/kubernetes/pod-template.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { named } from '../scalable.ts'
import { asText, type Place, type Placing } from './place.ts'
import type { Target } from './rule.ts'
import { TextError } from './text-error.ts'
import { type Variable, variablesOf } from './variable.ts'

/** The variable of every container that has it; else of the one to add it to. */
export const envPlaces = (placing: Placing, target: NonNullable<Target['env']>): Place[] =>
  workloadsNamed(placing, target.workload).flatMap((workload) => {
    const all = containersOf(workload.template).filter(
      ({ container }) => target.container === undefined || container.name === target.container,
    )
    const having = all.filter(({ container }) => find(container, target.name))
    const [first] = all.filter(({ list }) => list === 'containers' || target.container !== undefined)
    const chosen = having.length > 0 ? having : first ? [first] : []
    return chosen.map((at) => variablePlace(placing, workload, at, target.name))
  })

export const workloadsNamed = ({ build, rule, namespace }: Placing, name: string | undefined): Workload[] =>
  named(build.topology.workloadsIn(namespace), name ?? rule.from)

const find = (container: Container, name: string): Variable | undefined =>
  variablesOf(container).find((variable) => variable.name === name)

export function variablePlace(
  { rule }: Placing,
  workload: Workload,
  { container, path }: ContainerAt,
  name: string,
): Place {
  const variable = find(container, name)
  return {
    object: workload.object,
    field: `${formatPath([...path, 'env'])}[name=${name}]`,
    read: () => variable?.value,
    form: (value) => asText(value, rule),
    write(value) {
      if (variable?.valueFrom) throw new TextError(`${name} comes from valueFrom; give it a value`)
      if (variable) variable.value = asText(value, rule)
      else container.env = [...(container.env ?? []), { name, value: asText(value, rule) }]
    },
  }
}
