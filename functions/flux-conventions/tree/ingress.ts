import { textAt } from '../../lib/kubernetes/fields.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'

/** The annotation that preceded the field, and that controllers still read. */
const ANNOTATION = 'kubernetes.io/ingress.class'

/** The class of an Ingress. */
export const classOf = (object: KubernetesObject): string | undefined =>
  textAt(object, 'spec', 'ingressClassName') ?? object.metadata.annotations?.[ANNOTATION]
