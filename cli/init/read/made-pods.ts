import type { Topology } from '../../../functions/lib/flows/topology.ts'
import {
  describe,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { type Labels, matchesSelector, selects } from '../../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { runtimePodsOf } from '../../../functions/lib/operators/index.ts'
import { STRIMZI, STRIMZI_CLUSTER } from '../../../functions/lib/operators/strimzi-pods.ts'
import { join, type Read } from '../proposal.ts'
import { entriesOfValue } from '../texts/config-file.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { callsTo } from './calls.ts'

/** Pods that operators make for the objects of a build, as workloads that may call. */
export const madePods = (objects: readonly KubernetesObject[], topology: Topology): Workload[] =>
  objects.flatMap((object) => {
    const pods = runtimePodsOf(object)
    const [only] = pods
    // The object does not say which of several kinds of pods reads a field.
    if (pods.length !== 1 || !only) return []
    const namespace = object.metadata.namespace ?? ''
    const given = valueAt(object, ['spec', 'podMetadata', 'labels'])
    const labels = { ...only.labels, ...(isFields(given) && (given as Labels)) }
    const template = { owner: object, path: [], spec: { containers: [] } }
    return [
      {
        object,
        kind: object.kind,
        name: only.name,
        namespace,
        template,
        labels: shortest(labels, namespace, topology),
      },
    ]
  })

/** If a Service selects the pods, its selector is how the build itself tells them from others. */
function shortest(labels: Labels, namespace: string, topology: Topology): Labels {
  const selectors = topology.services.flatMap((service) =>
    service.namespace === namespace &&
    service.selector &&
    Object.keys(service.selector).length > 0 &&
    selects(service.selector, labels)
      ? [service.selector]
      : [],
  )
  return selectors[0] ?? labels
}

/** The strings in the objects from which an operator configures the pods. */
export const valuesOfMadePods = (pods: readonly Workload[], objects: readonly KubernetesObject[]): GivenValue[] =>
  pods.flatMap((workload) =>
    [workload.object, ...configuringObjects(workload, objects)].flatMap((object) =>
      entriesOfValue(valueAt(object, ['spec']), undefined, new Map()).map((entry) => ({
        ...{ workload, ...entry, source: `${object.kind} ${object.metadata.name}: spec` },
        ...{ isSecret: false, isShared: false, isOfFile: true },
      })),
    ),
  )

/**
 * Objects that configure the pods of another: the connectors that run in those of a KafkaConnect, the data sources of a Grafana.
 * Sources: https://strimzi.io/docs/operators/latest/configuring.html#type-KafkaConnector-reference,
 * https://grafana.github.io/grafana-operator/docs/examples/crossnamespace/readme/
 */
const CONFIGURED_BY: Readonly<
  Record<string, (pods: Workload, object: KubernetesObject, isInNamespace: boolean) => boolean>
> = {
  KafkaConnect: ({ object: { metadata } }, object, isInNamespace) =>
    isKind(object, STRIMZI, 'KafkaConnector') &&
    isInNamespace &&
    object.metadata.labels?.[STRIMZI_CLUSTER] === metadata.name,
  Grafana: ({ object: { metadata } }, object, isInNamespace) =>
    isKind(object, 'grafana.integreatly.org', 'GrafanaDatasource') &&
    (isInNamespace || valueAt(object, ['spec', 'allowCrossNamespaceImport']) === true) &&
    matchesSelector(valueAt(object, ['spec', 'instanceSelector']), metadata.labels ?? {}),
}

const configuringObjects = (pods: Workload, objects: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  objects.filter((object) =>
    CONFIGURED_BY[pods.kind]?.(pods, object, (object.metadata.namespace ?? '') === pods.namespace),
  )

/** References to Services by name and port, such as the Alertmanagers of a Prometheus. */
export const readReferences = (pods: readonly Workload[], topology: Topology): Read =>
  join(
    pods.map((workload) => ({
      proposals: referencesIn(valueAt(workload.object, ['spec'])).flatMap(
        ({ name, namespace = workload.namespace, port }) => {
          const service = topology.serviceCalled(namespace, name)
          const { proposals } = service ? callsTo(service, [port], workload, topology) : { proposals: [] }
          return proposals.map((call) => ({
            ...call,
            source: `${describe(workload.object)}: spec names Service ${name}`,
          }))
        },
      ),
      notes: [],
    })),
  )

interface Reference {
  name: string
  namespace?: string
  port: string | number
}

function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (!isFields(value)) return []
  const { name, namespace, port } = value
  const isReference = typeof name === 'string' && (typeof port === 'string' || typeof port === 'number')
  const own = isReference ? [{ name, port, ...(typeof namespace === 'string' && { namespace }) }] : []
  return [...own, ...Object.values(value).flatMap(referencesIn)]
}
