import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { listAt, textAt } from '../../../functions/lib/kubernetes/fields.ts'
import {
  type FieldPath,
  type Fields,
  isFields,
  type KubernetesObject,
} from '../../../functions/lib/kubernetes/objects.ts'
import { isFile } from '../../tree/kustomization.ts'
import { merged, parseValues } from '../tree/helm-values.ts'
import { isKustomization, type SourceDocument } from '../tree/source-files.ts'
import type { Installed } from './pin.ts'

/** A chart that Kustomize itself renders. */
export interface HelmChart {
  /** Path of its version in the document. */
  path: FieldPath
  /** URL of its repository; undefined for a chart in a folder. */
  url: string | undefined
  chart: string
  installed: Installed
}

/** What the three forms call the same. Source: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_ */
const NAMES = { chart: 'name', url: 'repo', version: 'version' } as const
const OLD_NAMES = { chart: 'chartName', url: 'chartRepoUrl', version: 'chartVersion' } as const

/** The charts of a kustomization, or of a generator in a file of its own. */
export function helmChartsIn(document: SourceDocument): HelmChart[] {
  const { fields } = document
  if (fields.apiVersion === 'builtin' && fields.kind === GENERATOR) return chartAt(document, fields, [], NAMES)
  if (!isKustomization(document)) return []
  return [
    ...listAt(fields, 'helmCharts').flatMap((one, index) => chartAt(document, one, ['helmCharts', index], NAMES)),
    ...listAt(fields, OLD).flatMap((one, index) => chartAt(document, one, [OLD, index], OLD_NAMES)),
  ]
}

const GENERATOR = 'HelmChartInflationGenerator'
const OLD = 'helmChartInflationGenerator'

function chartAt(
  document: SourceDocument,
  entry: Fields,
  path: FieldPath,
  names: typeof NAMES | typeof OLD_NAMES,
): HelmChart[] {
  const chart = textAt(entry, names.chart)
  if (chart === undefined) return []
  const url = textAt(entry, names.url)?.replace(/\/$/, '')
  return [{ path: [...path, names.version], url, chart, installed: installedBy(document, entry, chart, url ?? '') }]
}

/** As a release, so that what its update changes is found in the same way. */
function installedBy({ file }: SourceDocument, entry: Fields, chart: string, url: string): Installed {
  const metadata = { name: textAt(entry, 'releaseName') ?? chart, namespace: textAt(entry, 'namespace') ?? 'default' }
  const sourceRef = { kind: 'HelmRepository', name: chart }
  const inline = isFields(entry.valuesInline) ? entry.valuesInline : {}
  const values = valuesFiles(entry)
    .map((path) => resolve(dirname(file), path))
    .filter(isFile)
    .map((path) => parseValues(readFileSync(path, 'utf8'), path))
    .reduce<Fields>(merged, {})
  return {
    file,
    object: {
      apiVersion: 'builtin',
      kind: GENERATOR,
      metadata,
      spec: { chart: { spec: { chart, sourceRef } }, values: merged(values, inline) },
    } as KubernetesObject,
    source: {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'HelmRepository',
      metadata: { name: chart, namespace: metadata.namespace },
      spec: { url },
    } as KubernetesObject,
  }
}

/** Files with values of a chart, as it names them. */
export const valuesFiles = (entry: Fields): string[] =>
  [
    entry.valuesFile,
    entry.values,
    ...(Array.isArray(entry.additionalValuesFiles) ? entry.additionalValuesFiles : []),
  ].filter((path) => typeof path === 'string')
