import type { Fields, KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'

/** The moment of the tests. */
export const NOW = Date.parse('2026-01-01T12:00:00Z')
export const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString()

const API: Readonly<Record<string, string>> = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  HelmRepository: 'source.toolkit.fluxcd.io/v1',
  HelmChart: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  ExternalArtifact: 'source.toolkit.fluxcd.io/v1',
  ArtifactGenerator: 'source.extensions.fluxcd.io/v1beta1',
  FluxInstance: 'fluxcd.controlplane.io/v1',
  ResourceSet: 'fluxcd.controlplane.io/v1',
  ResourceSetInputProvider: 'fluxcd.controlplane.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  ImagePolicy: 'image.toolkit.fluxcd.io/v1',
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  StorageClass: 'storage.k8s.io/v1',
}

/** `Kind namespace/name` or `Kind name`, with further fields; those of metadata are merged. */
export function object(id: string, { metadata, ...fields }: Fields = {}): KubernetesObject {
  const [kind = '', path = ''] = id.split(' ')
  const [name = '', namespace] = path.split('/').toReversed()
  return {
    apiVersion: API[kind] ?? 'v1',
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(metadata as object) },
    ...fields,
  }
}

export const condition = (type: string, status: string, reason: string, message = ''): Fields => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: ago(10),
})

const withReady =
  (status: string) =>
  (id: string, spec: Fields = {}, reason = 'Because', message = 'of this') =>
    object(id, { spec, status: { conditions: [condition('Ready', status, reason, message)] } })

/** Objects of Flux, by their condition Ready. */
export const ready = withReady('True')
export const failed = withReady('False')
export const progressing = withReady('Unknown')

/** The groups of the labels that name what applied an object. */
const GROUPS: Readonly<Record<string, string>> = {
  HelmRelease: 'helm.toolkit.fluxcd.io',
  Kustomization: 'kustomize.toolkit.fluxcd.io',
  ResourceSet: 'resourceset.fluxcd.controlplane.io',
  FluxInstance: 'fluxcd.controlplane.io',
}

/** The same object, as something of Flux has applied it. */
export function by(manager: string, given: KubernetesObject): KubernetesObject {
  const [kind, path = ''] = manager.split(' ')
  const [namespace = '', name = ''] = path.split('/')
  const group = GROUPS[kind ?? ''] ?? ''
  const labels = { ...given.metadata.labels, [`${group}/name`]: name, [`${group}/namespace`]: namespace }
  return { ...given, metadata: { ...given.metadata, labels } }
}

/** The same object, under a controller in its namespace. */
export function of(owner: string, given: KubernetesObject): KubernetesObject {
  const [kind, name] = owner.split(' ')
  const metadata = { ...given.metadata, ownerReferences: [{ kind, name, controller: true }] }
  return { ...given, metadata } as KubernetesObject
}

export const from = (kind: string, name: string, namespace?: string): Fields => ({
  sourceRef: { kind, name, ...(namespace !== undefined && { namespace }) },
})

/** A pod with a container that ends and is started again. */
export const crashing = (id: string, restartCount = 7, spec: Fields = {}): KubernetesObject =>
  object(id, {
    spec,
    status: {
      phase: 'Running',
      conditions: [condition('Ready', 'False', 'ContainersNotReady')],
      containerStatuses: [
        {
          name: 'app',
          restartCount,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', message: 'password is 1234', finishedAt: ago(3) } },
        },
      ],
    },
  })

export const running = (id: string, status: Fields = {}, spec: Fields = {}): KubernetesObject =>
  object(id, { spec, status: { phase: 'Running', conditions: [condition('Ready', 'True', 'Ready')], ...status } })

/** A workload that lacks pods. */
export const unavailable = (id: string): KubernetesObject =>
  object(id, { status: { conditions: [condition('Available', 'False', 'MinimumReplicasUnavailable')] } })

export const warning = (about: string, reason: string, message: string, minutes = 5): KubernetesObject => {
  const [kind, path = ''] = about.split(' ')
  const [name, namespace] = path.split('/').toReversed()
  return object(`Event ${namespace ?? 'default'}/${reason}-${minutes}`, {
    involvedObject: { kind, name, ...(namespace !== undefined && { namespace }) },
    reason,
    message,
    count: 2,
    lastTimestamp: ago(minutes),
  })
}
