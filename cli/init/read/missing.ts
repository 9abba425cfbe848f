import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { nearest } from '../../../functions/lib/framework/did-you-mean.ts'

/** What is said of a Service that does not exist, with the name that was probably meant. */
export function missing(source: string, target: { namespace: string; name: string }, { services }: Topology): string {
  const names = services.filter(({ namespace }) => namespace === target.namespace).map(({ name }) => name)
  const near = nearest(target.name, names)
  const meant = near === undefined ? '' : `; did you mean ${near}?`
  return `${source}: names Service ${target.name}, which namespace ${target.namespace} of this build does not have${meant}; if another build has it, add the flow ${target.namespace}/${target.name}`
}
