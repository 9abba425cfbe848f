import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

/** One kind that is read, and the few of its fields that are kept: no env, no arguments, no values of charts. */
export interface Resource {
  group: string
  kind: string
  plural: string
  clusterScoped?: true
  /** Fields of `spec` and `status` that are kept. */
  spec?: readonly string[]
  status?: readonly string[]
  /** Fields next to `spec` and `status` that are kept. */
  fields?: readonly string[]
}

const SOURCES = 'source.toolkit.fluxcd.io'
const IMAGES = 'image.toolkit.fluxcd.io'
/** The group of the Flux Operator. Source: https://fluxcd.control-plane.io/operator/ */
const OPERATOR = 'fluxcd.controlplane.io'
const FLUX_STATUS = ['conditions', 'observedGeneration']
const flux = (group: string, kind: string, plural: string, ...spec: string[]): Resource => ({
  group,
  kind,
  plural,
  spec: ['suspend', ...spec],
  status: FLUX_STATUS,
})

/** The kinds of Flux that have a condition Ready. */
const FLUX: readonly Resource[] = [
  flux(SOURCES, 'GitRepository', 'gitrepositories'),
  flux(SOURCES, 'OCIRepository', 'ocirepositories'),
  flux(SOURCES, 'HelmRepository', 'helmrepositories', 'type'),
  flux(SOURCES, 'Bucket', 'buckets'),
  flux(SOURCES, 'HelmChart', 'helmcharts', 'sourceRef'),
  flux(SOURCES, 'ExternalArtifact', 'externalartifacts', 'sourceRef'),
  flux('source.extensions.fluxcd.io', 'ArtifactGenerator', 'artifactgenerators', 'sources'),
  flux(
    'kustomize.toolkit.fluxcd.io',
    'Kustomization',
    'kustomizations',
    'sourceRef',
    'dependsOn',
    'wait',
    'healthChecks',
    'healthCheckExprs',
  ),
  {
    ...flux(
      'helm.toolkit.fluxcd.io',
      'HelmRelease',
      'helmreleases',
      'chart',
      'chartRef',
      'dependsOn',
      'healthCheckExprs',
    ),
    status: [...FLUX_STATUS, 'helmChart'],
  },
  flux(IMAGES, 'ImageRepository', 'imagerepositories'),
  flux(IMAGES, 'ImagePolicy', 'imagepolicies', 'imageRepositoryRef'),
  flux(IMAGES, 'ImageUpdateAutomation', 'imageupdateautomations', 'sourceRef'),
  flux('notification.toolkit.fluxcd.io', 'Receiver', 'receivers'),
  flux(OPERATOR, 'FluxInstance', 'fluxinstances', 'wait'),
  flux(OPERATOR, 'ResourceSet', 'resourcesets', 'dependsOn', 'inputsFrom', 'wait'),
  flux(OPERATOR, 'ResourceSetInputProvider', 'resourcesetinputproviders'),
]

/** Every kind that `status` reads. docs/status.md has the ClusterRole that allows exactly this. */
export const RESOURCES: readonly Resource[] = [
  ...FLUX,
  { group: 'apps', kind: 'Deployment', plural: 'deployments', status: ['conditions'] },
  { group: 'apps', kind: 'ReplicaSet', plural: 'replicasets' },
  { group: 'apps', kind: 'StatefulSet', plural: 'statefulsets', spec: ['replicas'], status: ['readyReplicas'] },
  {
    group: 'apps',
    kind: 'DaemonSet',
    plural: 'daemonsets',
    status: ['desiredNumberScheduled', 'numberReady'],
  },
  { group: 'batch', kind: 'Job', plural: 'jobs', status: ['conditions'] },
  {
    group: '',
    kind: 'Pod',
    plural: 'pods',
    spec: ['nodeName', 'volumes'],
    status: ['phase', 'reason', 'message', 'conditions', 'initContainerStatuses', 'containerStatuses'],
  },
  {
    group: '',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    spec: ['storageClassName'],
    status: ['phase'],
  },
  { group: '', kind: 'Node', plural: 'nodes', clusterScoped: true, spec: ['unschedulable'], status: ['conditions'] },
  {
    group: 'storage.k8s.io',
    kind: 'StorageClass',
    plural: 'storageclasses',
    clusterScoped: true,
    fields: ['volumeBindingMode'],
  },
  {
    group: '',
    kind: 'Event',
    plural: 'events',
    fields: ['involvedObject', 'reason', 'message', 'count', 'series', 'eventTime', 'lastTimestamp'],
  },
]

export const isFlux = ({ kind }: { kind: string }): boolean => FLUX.some((one) => one.kind === kind)

/** `helmreleases.helm.toolkit.fluxcd.io`, as kubectl calls a resource. */
export const nameOfResource = ({ plural, group }: Resource): string => [plural, group].filter(Boolean).join('.')

/** The annotation of a claim whose volume has a node. Source: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const METADATA = ['name', 'namespace', 'uid', 'generation', 'creationTimestamp', 'deletionTimestamp', 'ownerReferences']

/** What is kept of an object: enough to tell whether it is healthy and what it waits for, and nothing secret. */
export function keep(resource: Resource, apiVersion: string, object: KubernetesObject): KubernetesObject {
  const { labels = {}, annotations = {} } = object.metadata
  const ownLabels = Object.entries(labels).filter(([name]) =>
    /^(?:(?:helm|kustomize)\.toolkit\.fluxcd\.io|(?:resourceset\.)?fluxcd\.controlplane\.io)\/name/.test(name),
  )
  const node = annotations[SELECTED_NODE]
  return {
    ...pick(object, resource.fields),
    apiVersion,
    kind: resource.kind,
    metadata: {
      ...(pick(object.metadata as unknown as Fields, METADATA) as unknown as KubernetesObject['metadata']),
      labels: Object.fromEntries(ownLabels),
      ...(node !== undefined && { annotations: { [SELECTED_NODE]: node } }),
    },
    spec: pick(object.spec, resource.spec),
    status: pick(object.status, resource.status),
  }
}

const pick = (from: unknown, names: readonly string[] = []): Fields =>
  Object.fromEntries(Object.entries((from ?? {}) as Fields).filter(([name]) => names.includes(name)))
