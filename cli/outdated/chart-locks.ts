import { readFileSync } from 'node:fs'
import { isChartLock } from '../../functions/lib/charts/chart-lock.ts'
import { canonicalName, InvalidReference, parseReference } from '../../functions/lib/kubernetes/image-reference.ts'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { imagesOf } from '../lock/chart/images.ts'
import { readObjects } from '../read-objects.ts'

const locksIn = (file: string): KubernetesObject[] =>
  readObjects(readFileSync(file, 'utf8'), display(file)).filter(isChartLock)

/** Canonical names of the images that locked charts render. */
export async function imagesOfLocks(files: readonly string[]): Promise<Set<string>> {
  const objects = files
    .flatMap(locksIn)
    .flatMap((lock) => (valueAt(lock, ['spec', 'objects']) ?? []) as KubernetesObject[])
  const references = (await imagesOf(objects)).map(parseReference)
  return new Set(references.flatMap((one) => (one instanceof InvalidReference ? [] : [canonicalName(one.name)])))
}
