import type { Shared } from '../framework/shared.ts'
import { isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import type { FluxSpec } from './config.ts'

/** Holds the URL that an OCIRepository had before it was mirrored, because the lock of its chart names that. */
export const MIRRORED_CHART = 'krm-hardening.dev/mirrored-chart'

export const isOciRepository = (object: { apiVersion: string; kind: string }): boolean =>
  isKind(object, 'source.toolkit.fluxcd.io', 'OCIRepository')

export const isHelmRepository = (object: { apiVersion: string; kind: string }): boolean =>
  isKind(object, 'source.toolkit.fluxcd.io', 'HelmRepository')

/** Where the chart of an OCIRepository comes from, whether it is mirrored or not. */
export function chartUrlOf(source: KubernetesObject): string | undefined {
  const url = source.metadata.annotations?.[MIRRORED_CHART] ?? valueAt(source, ['spec', 'url'])
  return typeof url === 'string' && url !== '' ? url : undefined
}

/** The sources that the policy says other builds have, as they are there. */
export const sourcesElsewhere = ({ sources = {} }: FluxSpec): KubernetesObject[] =>
  Object.entries(sources).map(([key, { url, tag }]) => {
    const [kind = '', namespace = '', name = ''] = key.split('/')
    return {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind,
      metadata: { name, namespace },
      spec: { url, ...(tag !== undefined && { ref: { tag } }) },
    }
  })

/** The sources of the build's charts, with the digest in the lock of the chart: undefined if none is known. */
export type ChartSources = Map<KubernetesObject, string | undefined>

const CHART_SOURCES = Symbol('chart sources')

/** The chart sources of one run: the runner, which alone sees HelmReleases with a lock, adds them. */
export const chartSourcesOf = (shared: Shared): ChartSources => shared.get(CHART_SOURCES, () => new Map())

/** Source: https://fluxcd.io/flux/components/source/ocirepositories/#layer-selector */
const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'

/** Does an OCIRepository hold a chart? One that a HelmRelease names, or that selects the layer of charts. */
export const holdsChart = (source: KubernetesObject, sources: ChartSources): boolean =>
  isOciRepository(source) &&
  (sources.has(source) || valueAt(source, ['spec', 'layerSelector', 'mediaType']) === CHART_LAYER)
