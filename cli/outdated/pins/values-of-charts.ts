import { dirname, resolve } from 'node:path'
import { isHelmRelease } from '../../../functions/lib/charts/release.ts'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import { isFields, isKind } from '../../../functions/lib/kubernetes/objects.ts'
import { embeddedIn } from '../tree/embedded.ts'
import { documentsOfFile, isKustomization, objectOf, type SourceDocument } from '../tree/source-files.ts'
import { valuesFiles } from './helm-charts.ts'

/** Values of charts that no HelmRelease holds itself: in files, and in ConfigMaps that it names. Each file once. */
export function valuesIn(documents: readonly SourceDocument[]): SourceDocument[] {
  const names = new Set(documents.flatMap(configMapsOf))
  const files = new Set(documents.filter(isKustomization).flatMap((document) => valuesFilesOf(document, names)))
  return [
    ...[...files].flatMap(documentsOfFile).filter((document) => objectOf(document) === undefined),
    ...documents.flatMap((document) => inConfigMap(document, names)),
  ]
}

/** The ConfigMaps from which a HelmRelease takes values. */
function configMapsOf(document: SourceDocument): string[] {
  const object = objectOf(document)
  if (!object || !isHelmRelease(object)) return []
  return listAt(object, 'spec', 'valuesFrom').flatMap(({ kind, name }) =>
    kind === 'ConfigMap' && typeof name === 'string' ? [name] : [],
  )
}

/** Files of generated ConfigMaps of these names, and of charts that Kustomize renders. */
function valuesFilesOf({ file, fields }: SourceDocument, names: ReadonlySet<string>): string[] {
  const generated = listAt(fields, 'configMapGenerator')
    .filter(({ name }) => typeof name === 'string' && names.has(name))
    .flatMap(({ files }) => (Array.isArray(files) ? files.map(String) : []))
    // `key=path`.
    .map((entry) => entry.slice(entry.indexOf('=') + 1))
  return [...generated, ...listAt(fields, 'helmCharts').flatMap(valuesFiles)].map((path) =>
    resolve(dirname(file), path),
  )
}

function inConfigMap(document: SourceDocument, names: ReadonlySet<string>): SourceDocument[] {
  const object = objectOf(document)
  if (!object || !isKind(object, '', 'ConfigMap') || !names.has(object.metadata.name)) return []
  return Object.keys(isFields(object.data) ? object.data : {}).flatMap((key) => embeddedIn(document, ['data', key]))
}
