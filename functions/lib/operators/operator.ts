import type { KubernetesObject } from '../kubernetes/objects.ts'
import type { Labels } from '../kubernetes/selector.ts'
import type { Shape } from '../kubernetes/type-check.ts'

/** Keys of a map that together spell an image. */
export interface ImageParts {
  registry?: string
  repository: string
  tag?: string
  /** Key of the digest, `sha256:` included. */
  digest?: string
  /** Key of the bare hexadecimal digits of the digest. */
  sha256?: string
}

/** Path of an image in a custom resource, `*` for any key or index and `**` for any number of them. */
export type ImageField = string | { path: string; parts: ImageParts }

/**
 * The image of a component that the operator joins from `baseImage`, a colon and the component's or `spec.version`, and
 * whose version it also reads for other purposes: a digest has to go elsewhere, to the container of that name in the
 * component's `additionalContainers`, which the operator merges into the pod alone.
 */
export interface JoinedImage {
  /** Key of the component under `spec`. */
  component: string
  container: string
  /** The repository if `baseImage` is not set. */
  repository: string
}

/** A value that the operator reads from the tag of an image unless told otherwise; it has to be told once that holds a digest. */
export interface VersionInTag {
  /** Path of the tag. */
  tag: string
  /** Key under `spec` by which the operator is told. */
  field: string
}

/** How one group of pods shows in its custom resource: by path of the pod-level securityContext. */
export interface PodField {
  /** Path that must exist for such pods to be made. */
  of: string
  /** Paths of the securityContexts of containers that the operator makes. */
  containers?: string[]
  /** Paths of lists of containers that it adds to its own. */
  containerLists?: string[]
}

/** The pods as far as the custom resource describes them. */
export interface PodFields {
  /** May security contexts be set? Otherwise its pods only count for the level of their namespace. */
  harden: boolean
  podSecurityContexts?: Record<string, PodField>
  /** Fields that are not set, because its operator or image cannot run with them. */
  omit?: 'runAsUser'[]
  /** Paths of lists of volumes. */
  volumes?: string[]
  /** Paths that, if they exist, make the operator claim a persistent volume for its pods. */
  claims?: string[]
  /** Paths of booleans, each with the baseline check that its pods fail if it is true. */
  flags?: Record<string, 'hostNamespaces' | 'privileged'>
}

/** A port on which pods listen. */
export interface PodPort {
  /** As the container declares it; undefined if it declares none, or if the name is not certain. */
  name?: string
  /** The first of a range, if it has an end. */
  port: number
  endPort?: number
  /** TCP if absent. */
  protocol?: 'UDP'
}

/** Calls of an operator to the pods that it makes. */
export interface OperatorCalls {
  /** The namespace in which its manifests install it. */
  namespace: string
  /** The labels of its own pods: those of its manifests first, then those of its chart. */
  labels: readonly Labels[]
  ports: readonly number[]
}

/** Pods that an operator makes for one object and that no manifest of the build holds. */
export interface RuntimePods {
  /** The name that the operator gives the workload, by which messages and policies call these pods. */
  name: string
  /** Labels that each of these pods has, and that no pod has which is made for another object. */
  labels: Record<string, string>
  /** Further labels that they carry, by which Services and policies may select them as well. */
  furtherLabels?: Record<string, string>
  ports: readonly PodPort[]
  /** Ports, of those, on which the pods of one object call each other. */
  members?: readonly number[]
  /** The Services that the operator makes for them: by name, from the Service's port to that on the pods. */
  services?: Readonly<Record<string, Readonly<Record<number, number>>>>
  /** Services that the object tells its pods to call. */
  calls?: readonly { namespace: string; service: string; port: number | string }[]
  /** What the operator itself calls on them, as far as no policy of its own admits it. */
  operator?: OperatorCalls
  /** The service account that the object gives them, if it names one. */
  serviceAccount?: string
  /** Does a container of theirs call the Kubernetes API server? */
  needsApiServer: boolean
}

/** The ports of a Service that are those of the pods. */
export const samePorts = (...ports: readonly number[]): Record<number, number> =>
  Object.fromEntries(ports.map((port) => [port, port]))

/** What is known about one kind of custom resource. Every facet is optional: absent means unknown. */
export interface CustomResource {
  images?: readonly ImageField[]
  joinedImages?: readonly JoinedImage[]
  versionInTag?: VersionInTag
  /** Path of the list of pull secrets that the operator gives its pods. */
  imagePullSecrets?: readonly string[]
  pods?: PodFields
  /** The strictest Pod Security level that its pods can meet, hardened or not as `pods.harden` says. */
  level?: 'privileged' | 'baseline' | 'restricted'
  /** Paths of the numbers of pods, by what is appended to the object's name in the names of these pods. */
  replicas?: Readonly<Record<string, readonly string[]>>
  /** The types of further fields that functions read, as its CustomResourceDefinition has them. */
  shape?: Shape
  /** The pods that the operator makes for an object, in the object's namespace. */
  runtimePods?(object: KubernetesObject): RuntimePods[]
}

/** How an operator itself is told which images to run: by flag, by variable (`*` allowed), or by a key of a ConfigMap. */
export type ImageSetting = { argument: string } | { environment: string } | { configMap: string; key: string }

/** One operator: its settings, and its custom resources by `group/Kind`. */
export interface Operator {
  /** As its project writes it. */
  name: string
  imageSettings?: readonly ImageSetting[]
  customResources: Readonly<Record<string, CustomResource>>
}
