import { readFileSync } from 'node:fs'
import { isChartLock } from '../../../functions/lib/charts/chart-lock.ts'
import { canonicalName, InvalidReference, parseReference } from '../../../functions/lib/kubernetes/image-reference.ts'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { display } from '../../display.ts'
import { imagesOf } from '../../lock/chart/images.ts'
import { readObjects } from '../../read-objects.ts'

/** A ChartLock and its file. */
export interface LockInFile {
  file: string
  object: KubernetesObject
}

export const locksIn = (files: readonly string[]): LockInFile[] =>
  files.flatMap((file) =>
    readObjects(readFileSync(file, 'utf8'), display(file))
      .filter(isChartLock)
      .map((object) => ({ file, object })),
  )

/** Canonical names of the images that locked charts render. */
export async function imagesOfLocks(locks: readonly LockInFile[]): Promise<Set<string>> {
  const objects = locks.flatMap(({ object }) => (valueAt(object, ['spec', 'objects']) ?? []) as KubernetesObject[])
  const references = (await imagesOf(objects)).map(parseReference)
  return new Set(references.flatMap((one) => (one instanceof InvalidReference ? [] : [canonicalName(one.name)])))
}
