import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { configuration, definitions, namespaces } from './cluster.ts'
import { jobs } from './jobs.ts'
import type { Need } from './need.ts'
import { policies } from './policies.ts'
import { kafka } from './strimzi.ts'

/** Everything that the objects of one build need of each other. */
export const needsOf = (objects: readonly KubernetesObject[]): Need[] =>
  [namespaces, configuration, definitions, jobs, kafka, policies].flatMap((rule) => rule(objects))
