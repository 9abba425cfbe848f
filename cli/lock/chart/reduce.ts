import { type KubernetesObject, typeOf } from '../../../functions/lib/kubernetes/objects.ts'

/** Kinds that a lock leaves out: Secrets hold what charts generate again at every run, and the others are only read as data. */
const LEFT_OUT = new Set([
  '/Secret',
  '/ConfigMap',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'monitoring.coreos.com/PrometheusRule',
])

/** Annotations that say how Helm installs an object. */
const OF_HELM = /^helm\.sh\//

/** What a chart renders, as far as functions read or write it, in the order of the chart. */
export const reduced = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter((object) => !LEFT_OUT.has(typeOf(object))).map(withoutStatus)

function withoutStatus({ status: _, metadata, ...object }: KubernetesObject): KubernetesObject {
  const { name, namespace, labels, annotations = {} } = metadata
  // A checksum of generated data differs at every run.
  const kept = Object.entries(annotations ?? {}).filter(([key]) => OF_HELM.test(key) || !/checksum|rollme/i.test(key))
  return {
    ...object,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    },
  } as KubernetesObject
}
