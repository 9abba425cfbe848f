import { identity, type KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { objectsOf } from '../../../support/stacks.ts'

/** What an overlay renders, less what a package leaves out: Secrets, the hashes of generated names, `immutable`. */
export function packaged(rendering: string): KubernetesObject[] {
  const hashed = objectsOf(rendering)
    .filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret')
    .map(({ metadata }) => metadata.name)
  const text = hashed.reduce((all, name) => all.replaceAll(name, name.replace(/-[a-z0-9]{10}$/, '')), rendering)
  return objectsOf(text)
    .filter(({ kind }) => kind !== 'Secret')
    .map((object) => (object.kind === 'ConfigMap' ? { ...object, immutable: undefined } : object))
}

const OF_KPT = 'internal.kpt.dev/upstream-identifier'

/** By identity; the annotation that kpt puts on what it fetched left out. */
export function comparable(objects: readonly KubernetesObject[]): Record<string, KubernetesObject> {
  const entries = objects.map((object) => {
    const { [OF_KPT]: _, ...annotations } = object.metadata.annotations ?? {}
    return [identity(object), { ...object, metadata: { ...object.metadata, annotations } }] as const
  })
  expect(new Set(entries.map(([id]) => id)).size).toBe(entries.length)
  return Object.fromEntries(entries)
}
