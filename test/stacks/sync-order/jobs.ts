import { isKind } from '../../../functions/lib/kubernetes/objects.ts'
import { type Workload, workloadsOf } from '../../../functions/lib/kubernetes/workload.ts'
import { type Need, type Objects, ofKind, pairs } from './need.ts'
import { references } from './references.ts'
import { isSelectedBy } from './selects.ts'

/** A Job needs what it calls, and everything with the same Secret needs what the Job prepares. */
export const jobs = (objects: Objects): Need[] => {
  const workloads = workloadsOf(objects)
  const secretsOf = (workload: Workload): string[] =>
    references(workload).flatMap(({ kind, name }) => (kind === 'Secret' ? name : []))
  return workloads
    .filter(({ object }) => isKind(object, 'batch', 'Job'))
    .flatMap((job) => {
      const called = workloads.filter((workload) => servicesOf(objects, workload).some((host) => mentions(job, host)))
      const clients = workloads.filter(
        (workload) => !called.includes(workload) && secretsOf(workload).some((name) => secretsOf(job).includes(name)),
      )
      return [
        ...pairs(
          called.map(({ object }) => object),
          [job.object],
          'earlier wave',
        ),
        ...pairs(
          [job.object],
          clients.map(({ object }) => object),
          'earlier wave',
        ),
      ]
    })
}

/** The host names of the Services in front of a workload, without the domain of the cluster. */
const servicesOf = (objects: Objects, workload: Workload): string[] =>
  ofKind(objects, '', 'Service')
    .filter((service) => isSelectedBy(workload, service, ['spec', 'selector']))
    .map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc`)

const mentions = ({ template }: Workload, host: string): boolean => JSON.stringify(template.spec).includes(`/${host}`)
