import type { KubernetesObject } from '../kubernetes/objects.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import type { Service, ServicePort } from '../kubernetes/service.ts'
import { runtimePodsOf } from '../operators/index.ts'
import type { RuntimePods } from '../operators/operator.ts'

/**
 * Pods that an operator makes for an object of the build. They count as the pods of a workload, although no manifest
 * describes them.
 */
export interface MadePods extends RuntimePods {
  /** The custom resource. */
  object: KubernetesObject
  namespace: string
  /** All labels that they are known to carry. `labels` are those that tell them from others. */
  allLabels: Labels
}

export const madePodsOf = (objects: readonly KubernetesObject[]): MadePods[] =>
  objects.flatMap((object) =>
    runtimePodsOf(object).map((pods) => ({
      ...pods,
      object,
      namespace: object.metadata.namespace ?? '',
      allLabels: { ...pods.furtherLabels, ...pods.labels },
    })),
  )

/** A port of these pods, as a flow or a monitor writes it: by name or number on the pods. */
export const portOfMade = ({ ports }: MadePods, port: string | number): number | undefined =>
  ports.find((candidate) => candidate.name === port || candidate.port === port)?.port

/** The port of these pods behind the port of a Service of the build. */
export const targetOfMade = (pods: MadePods, { port, targetPort = port }: ServicePort): number | undefined =>
  typeof targetPort === 'number' ? targetPort : portOfMade(pods, targetPort)

/** Do the labels select these pods, as far as is known? */
export const selectsMade = (labels: Labels, { allLabels }: MadePods): boolean => selects(labels, allLabels)

export const isBehind = ({ namespace, selector = {} }: Service, pods: MadePods): boolean =>
  pods.namespace === namespace && Object.keys(selector).length > 0 && selectsMade(selector, pods)

/** How callers reach a port of made pods: the Service, and what a policy sees on the pods. */
export interface MadeTarget {
  service: string | undefined
  dialled: number
  port: number
}

/**
 * A port of made pods as policy writes it: looked up on the pods, then on the Services of the build that select them, then
 * on those that the operator makes. A number that none of them has is taken as written.
 */
export function targetOf(
  pods: MadePods,
  port: string | number,
  services: readonly Service[],
  named?: string,
): MadeTarget | undefined {
  const candidates: MadeTarget[] = [
    ...services
      .filter((service) => isBehind(service, pods))
      .flatMap((service) =>
        service.ports.flatMap((one) => {
          const target = targetOfMade(pods, one)
          const isMeant = one.name === port || one.port === port || target === (portOfMade(pods, port) ?? port)
          return target !== undefined && isMeant
            ? [{ service: service.name, dialled: service.headless ? target : one.port, port: target }]
            : []
        }),
      ),
    ...Object.entries(pods.services ?? {}).flatMap(([service, ports]) =>
      Object.entries(ports)
        .filter(([dialled, target]) => Number(dialled) === port || target === (portOfMade(pods, port) ?? port))
        .map(([dialled, target]) => ({ service, dialled: Number(dialled), port: target })),
    ),
  ]
  const known = portOfMade(pods, port)
  const meant = candidates.filter(({ service }) => named === undefined || service === named)
  const found = meant.find((candidate) => candidate.port === known) ?? meant[0]
  if (found) return found
  const onPod = known ?? (typeof port === 'number' ? port : undefined)
  return onPod === undefined ? undefined : { service: named, dialled: onPod, port: onPod }
}
