import { groupOf, isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../../functions/lib/kubernetes/workload.ts'
import { type Need, type Objects, ofKind, pairs } from './need.ts'
import { made, references } from './references.ts'

/** An object needs its Namespace. */
export const namespaces = (objects: Objects): Need[] =>
  ofKind(objects, '', 'Namespace').flatMap((namespace) =>
    pairs(
      [namespace],
      objects.filter(({ metadata }) => metadata.namespace === namespace.metadata.name),
      'earlier',
    ),
  )

/** A pod needs its ServiceAccount, ConfigMaps and Secrets, and the objects from which a controller makes them. */
export const configuration = (objects: Objects): Need[] =>
  workloadsOf(objects).flatMap((workload) =>
    references(workload).flatMap((reference) => [
      ...pairs(
        objects.filter(
          (object) =>
            isKind(object, '', reference.kind) &&
            object.metadata.name === reference.name &&
            object.metadata.namespace === workload.namespace,
        ),
        [workload.object],
        'earlier',
      ),
      ...pairs(
        objects.filter((object) => made(object) === reference.name && reference.kind === 'Secret'),
        [workload.object],
        'earlier wave',
      ),
    ]),
  )

/** A custom resource needs its definition, and so does the operator that watches it. */
export const definitions = (objects: Objects): Need[] =>
  ofKind(objects, 'apiextensions.k8s.io', 'CustomResourceDefinition').flatMap((definition) => [
    ...pairs(
      [definition],
      objects.filter((object) => defines(definition, object)),
      'earlier',
    ),
    ...pairs(
      [definition],
      workloadsOf(objects).map(({ object }) => object),
      'earlier',
    ),
  ])

/** Is this the definition of the kind of an object? */
export const defines = (definition: KubernetesObject, { apiVersion, kind }: KubernetesObject): boolean =>
  valueAt(definition, ['spec', 'group']) === groupOf(apiVersion) &&
  valueAt(definition, ['spec', 'names', 'kind']) === kind
