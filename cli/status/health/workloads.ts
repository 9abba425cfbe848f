import { groupBy } from '../../../functions/lib/framework/group-by.ts'
import { type Fields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { said } from '../problem.ts'
import { controllerOf, type World } from '../world.ts'
import { conditionOf } from './condition.ts'
import type { Trouble } from './pods.ts'

/** What is wrong with the workloads of a cluster. Of the Jobs of one CronJob only the newest counts. */
export function workloadTroubles(world: World): [KubernetesObject, Trouble][] {
  const workloads = [...world.of('Deployment'), ...world.of('StatefulSet'), ...world.of('DaemonSet'), ...jobsOf(world)]
  return workloads.flatMap((workload) => {
    const trouble = troubleOf(workload)
    return trouble ? [[workload, trouble] as [KubernetesObject, Trouble]] : []
  })
}

function troubleOf(workload: KubernetesObject): Trouble | undefined {
  const number = (...path: string[]): number => Number(valueAt(workload, path) ?? 0)
  switch (workload.kind) {
    case 'Deployment':
      return (
        failedBy(workload, 'ReplicaFailure', 'True') ??
        failedBy(workload, 'Progressing', 'False') ??
        failedBy(workload, 'Available', 'False')
      )
    case 'StatefulSet':
      return missingPods(number('status', 'readyReplicas'), Number(valueAt(workload, ['spec', 'replicas']) ?? 1))
    case 'DaemonSet':
      return missingPods(number('status', 'numberReady'), number('status', 'desiredNumberScheduled'))
    default:
      return failedBy(workload, 'Failed', 'True')
  }
}

function failedBy(workload: KubernetesObject, type: string, status: string): Trouble | undefined {
  const condition = conditionOf(workload, type)
  if (condition?.status !== status) return undefined
  return { state: type === 'Available' ? 'not ready' : 'failed', ...condition.said }
}

const missingPods = (ready: number, desired: number): Trouble | undefined =>
  ready < desired ? { state: 'not ready', ...said('PodsNotReady', `${ready} of ${desired} pods are ready`) } : undefined

function jobsOf(world: World): KubernetesObject[] {
  const groups = groupBy(world.of('Job'), (job) => {
    const owner = controllerOf(job)
    const of = owner ? `${owner.kind} ${owner.name}` : `Job ${job.metadata.name}`
    return `${job.metadata.namespace}/${of}`
  })
  return [...groups.values()].flatMap((jobs) => jobs.toSorted((a, b) => (madeAt(a) < madeAt(b) ? 1 : -1)).slice(0, 1))
}

const madeAt = ({ metadata }: KubernetesObject): string => String((metadata as unknown as Fields).creationTimestamp)
