import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave'

const waveOn = (object: KubernetesObject | undefined): string | undefined => object?.metadata.annotations?.[SYNC_WAVE]

/** The policies of a namespace share the wave of the Namespace, so pods are never there before what isolates them. */
export const namespaceSyncWave = (namespace: string, { namespaces }: Build): string | undefined =>
  waveOn(namespaces.get(namespace))

/**
 * A workload's policy shares its wave. In a later wave it would come too late: Argo CD waits for a workload that cannot
 * become ready without it.
 */
export const syncWaveOf = ({ workload, namespace }: Subject, build: Build): string | undefined =>
  workload ? waveOn(workload.object) : namespaceSyncWave(namespace, build)

export const syncWaveAnnotation = (wave: string | undefined): Record<string, string> =>
  wave === undefined ? {} : { [SYNC_WAVE]: wave }
