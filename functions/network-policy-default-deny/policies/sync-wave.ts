import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave'

const waveOn = (object: KubernetesObject | undefined): string | undefined => object?.metadata.annotations?.[SYNC_WAVE]

/** Policies of a namespace come with the Namespace: what isolates pods never comes after them. */
export const namespaceSyncWave = (namespace: string, { namespaces }: Build): string | undefined =>
  waveOn(namespaces.get(namespace))

/** A workload's policy comes with it: later, and a wave that waits for the workload would never end. */
export const syncWaveOf = ({ workload, namespace }: Subject, build: Build): string | undefined =>
  workload ? waveOn(workload.object) : namespaceSyncWave(namespace, build)

export const syncWaveAnnotation = (wave: string | undefined): Record<string, string> =>
  wave === undefined ? {} : { [SYNC_WAVE]: wave }
