import { isKind, type KubernetesObject, valueAt } from './objects.ts'
import type { Labels } from './selector.ts'
import { containerPort, type Workload } from './workload.ts'
import { POD_NAME } from './workload-kinds.ts'

export interface ServicePort {
  name?: string
  port: number
  targetPort?: number | string
  protocol?: string
}

/** A core Service and what flows need of it. */
export interface Service {
  object: KubernetesObject
  name: string
  namespace: string
  /** undefined where its endpoints are made by something else. */
  selector: Labels | undefined
  ports: readonly ServicePort[]
  headless: boolean
}

/** The one pod of a StatefulSet that a Service selects; undefined for a Service that selects by other labels alone. */
export const replicaOf = ({ selector }: Service): string | undefined => selector?.[POD_NAME]

export const servicesOf = (objects: readonly KubernetesObject[]): Service[] =>
  objects
    .filter((object) => isKind(object, '', 'Service'))
    .map((object) => ({
      object,
      name: object.metadata.name,
      namespace: object.metadata.namespace ?? '',
      selector: (valueAt(object, ['spec', 'selector']) ?? undefined) as Labels | undefined,
      ports: (valueAt(object, ['spec', 'ports']) ?? []) as ServicePort[],
      headless: valueAt(object, ['spec', 'clusterIP']) === 'None',
    }))

/** The number on the pod behind a Service port; undefined where it is a name that no container declares. */
export function targetPortNumber(port: ServicePort, workload: Workload): number | undefined {
  const target = port.targetPort ?? port.port
  return typeof target === 'number' ? target : containerPort(workload, target)
}

/**
 * The Service port that carries a port given by its name, its number, or the name or number of the port on the pod; the
 * first of several unless a protocol is asked for.
 */
export function servicePortFor(
  { ports }: Service,
  port: string | number,
  workload: Workload,
  protocol?: string,
): ServicePort | undefined {
  const candidates = ports.filter((candidate) => protocol === undefined || (candidate.protocol ?? 'TCP') === protocol)
  return (
    candidates.find((candidate) => candidate.name === port || candidate.port === port) ??
    candidates.find((candidate) => candidate.targetPort === port) ??
    candidates.find((candidate) => {
      const onPod = containerPort(workload, port) ?? port
      return targetPortNumber(candidate, workload) === onPod
    })
  )
}

/** `mimir-distributor.mimir.svc.cluster.local` */
export const serviceHost = (name: string, namespace: string): string => `${name}.${namespace}.svc.cluster.local`
