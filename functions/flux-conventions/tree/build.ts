import { FILE } from '../../lib/framework/finding.ts'
import { textAt } from '../../lib/kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Entry, FLUX } from './tree.ts'

/** The annotations by which kpt, and tools that read files as it does, say which file an object is from. */
const PATHS = [FILE, 'config.kubernetes.io/path']

/**
 * The objects of a build. If their files are known, as in a package of kpt, the objects in the folder of a Kustomization
 * are applied by it, and go to its `targetNamespace`.
 */
export function entriesOf(objects: readonly KubernetesObject[]): Entry[] {
  const entries = objects.map(
    (object): Entry => ({
      object,
      namespace: object.metadata.namespace,
      file: PATHS.map((key) => object.metadata.annotations?.[key]).find((path) => path !== undefined),
    }),
  )
  const folders = entries.flatMap((entry) => {
    const folder = entry.object.apiVersion.startsWith(`${FLUX.Kustomization}/`) && textAt(entry.object, 'spec', 'path')
    return folder ? [{ entry, folder: normal(folder) }] : []
  })
  for (const entry of entries) {
    const file = entry.file
    if (file === undefined || folders.length === 0) continue
    const [applier] = folders
      .filter(({ entry: other, folder }) => other !== entry && `/${file}`.includes(`/${folder}/`))
      .sort((a, b) => b.folder.length - a.folder.length)
    if (!applier) continue
    entry.appliedBy = applier.entry
    entry.namespace = targetOf(applier.entry) ?? entry.namespace
  }
  return entries
}

const targetOf = ({ object }: Entry): string | undefined => {
  const target = valueAt(object, ['spec', 'targetNamespace'])
  return typeof target === 'string' ? target : undefined
}

const normal = (path: string): string => path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')
