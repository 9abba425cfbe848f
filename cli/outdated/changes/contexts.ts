import { dirname } from 'node:path'
import { isHelmRelease, type Release } from '../../../functions/lib/charts/release.ts'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Builder } from '../../kustomize/build.ts'
import { requireRelease } from '../../lock/chart/lock.ts'
import { objectsOf, splitBuild } from '../../render/documents.ts'
import { readKustomization } from '../../tree/kustomization.ts'
import type { Installed, Pin } from '../pins/pin.ts'
import type { LockInFile } from './chart-locks.ts'

/** A release as one build has it: overlays give it values of their own. */
export interface Context {
  release: Release
  /** File of its lock, if it has one. */
  lock: string | undefined
}

/**
 * The builds of a HelmRelease: one for each of its locks, in the folder of the lock, or else its own folder. What does not
 * build is taken as its file has it. Throws Failure (2) if its chart is unknown.
 */
export async function contextsOf(
  installed: Installed,
  { name }: Pin,
  locks: readonly LockInFile[],
  plain: Builder,
): Promise<Context[]> {
  const { object, file } = installed
  const own = locks.filter(
    ({ object: lock }) =>
      lock.metadata.name === object.metadata.name && valueAt(lock, ['spec', 'chart', 'url']) === name,
  )
  if (own.length === 0)
    return [{ release: await releaseIn(dirname(file), installed, undefined, plain), lock: undefined }]
  return Promise.all(
    own.map(async (lock) => ({
      release: await releaseIn(dirname(lock.file), installed, namespaceOf(lock.object), plain),
      lock: lock.file,
    })),
  )
}

/** The namespace that the lock was made for, which a base alone does not show. */
function namespaceOf(lock: KubernetesObject): string | undefined {
  const namespace = valueAt(lock, ['spec', 'release', 'namespace'])
  return lock.metadata.namespace ?? (typeof namespace === 'string' ? namespace : undefined)
}

async function releaseIn(
  folder: string,
  { object: written, source, file }: Installed,
  targetNamespace: string | undefined,
  plain: Builder,
): Promise<Release> {
  const { output = '' } = readKustomization(folder) ? await plain.attempt(folder) : {}
  const built = objectsOf(splitBuild(output))
  const object = built.find((one) => isHelmRelease(one) && one.metadata.name === written.metadata.name) ?? written
  const around = [
    ...built,
    { ...source, metadata: { ...source.metadata, ...sourceNamespace(object, targetNamespace) } },
  ]
  return requireRelease({ object, around, targetNamespace, from: file, file })
}

/** The namespace in which a release looks for its source: the namespace of the source itself is often set by Kustomize. */
function sourceNamespace(object: KubernetesObject, targetNamespace: string | undefined): { namespace?: string } {
  const named =
    valueAt(object, ['spec', 'chartRef', 'namespace']) ??
    valueAt(object, ['spec', 'chart', 'spec', 'sourceRef', 'namespace']) ??
    object.metadata.namespace ??
    targetNamespace
  return typeof named === 'string' ? { namespace: named } : {}
}
