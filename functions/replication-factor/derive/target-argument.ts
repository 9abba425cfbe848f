import type { Workload } from '../../lib/kubernetes/workload.ts'
import { type Argument, argumentsOf } from './argument.ts'
import { asText, type Place, type Placing } from './field.ts'
import type { Target } from './rule.ts'
import { variablePlace, workloadsNamed } from './target-env.ts'
import { withPart } from './text.ts'
import { expandVariables, referredVariable, variablesOf } from './variable.ts'

type ArgumentTarget = NonNullable<Target['argument']>

/** The flag's value in every container that has it; where that is `$(NAME)` of the container's own, the variable. */
export const argumentPlaces = (placing: Placing, target: ArgumentTarget): Place[] =>
  workloadsNamed(placing, target.workload).flatMap((workload) =>
    argumentsOf(workload.object, target.flag, target.container).map((argument) => {
      const variable = referredVariable(argument.value)
      const { at } = argument
      const isOwn = variablesOf(at.container).some(({ name, value }) => name === variable && value !== undefined)
      return variable !== undefined && isOwn
        ? variablePlace(placing, workload, at, variable, target.part)
        : argumentPlace(placing, workload, argument, target.part)
    }),
  )

function argumentPlace({ rule }: Placing, workload: Workload, argument: Argument, part: string | undefined): Place {
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
