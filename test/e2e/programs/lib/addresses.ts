import { isFields, isKind, type KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'

/** `[pod.]service.namespace.svc.cluster.local[.]:port` */
const ADDRESS = /((?:[a-z0-9-]+\.)+)svc\.cluster\.local\.?(?::(\d+))?/g

/**
 * Addresses in a text that no Service of the rendered namespaces answers: no such Service, or not on that port. A port
 * that is not written is 80. Other namespaces are not judged.
 */
export function unanswered(text: string, objects: readonly KubernetesObject[]): string[] {
  const answered = servicePorts(objects)
  const namespaces = new Set([...answered.keys()].map((name) => name.split('.')[1]))
  return [...text.matchAll(ADDRESS)].flatMap(([address, labels = '', port = '80']) => {
    const [namespace = '', service] = labels.split('.').filter(Boolean).reverse()
    if (!namespaces.has(namespace)) return []
    return answered.get(`${service}.${namespace}`)?.includes(Number(port)) ? [] : [address]
  })
}

/** The ports of every Service, by `name.namespace`; those that Strimzi makes for a Kafka among them. */
function servicePorts(objects: readonly KubernetesObject[]): Map<string, number[]> {
  const ports = new Map<string, number[]>()
  for (const object of objects) {
    const { name, namespace } = object.metadata
    const spec = isFields(object.spec) ? object.spec : {}
    if (isKind(object, '', 'Service')) ports.set(`${name}.${namespace}`, portsOf(spec.ports))
    else if (isKind(object, 'kafka.strimzi.io', 'Kafka') && isFields(spec.kafka))
      ports.set(`${name}-kafka-bootstrap.${namespace}`, portsOf(spec.kafka.listeners))
  }
  return ports
}

const portsOf = (list: unknown): number[] => (list as { port: number }[]).map(({ port }) => port)
