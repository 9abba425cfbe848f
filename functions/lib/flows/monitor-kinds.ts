import { isKind, type TypeMeta } from '../kubernetes/objects.ts'

/** What functions know about one kind of object that asks for a scrape. */
export interface MonitorKind {
  /** By what it says whom to scrape: Services or pods that it selects, the prober that it names, or addresses that it lists. */
  readonly names: 'services' | 'pods' | 'prober' | 'targets'
  /** The fields by which a Prometheus chooses among such objects begin with this; none for another scraper. */
  readonly chosenBy?: string
  /** Looks at every namespace, because it is an object of the cluster. */
  readonly everywhere?: true
}

export const OF_PROMETHEUS = 'monitoring.coreos.com'
const OF_VICTORIA_METRICS = 'operator.victoriametrics.com'
const OF_GOOGLE = 'monitoring.googleapis.com'

/**
 * Sources: https://prometheus-operator.dev/docs/api-reference/api/, https://docs.victoriametrics.com/operator/api/,
 * https://github.com/GoogleCloudPlatform/prometheus-engine/blob/main/doc/api.md
 */
const KINDS: readonly (readonly [group: string, kind: string, known: MonitorKind])[] = [
  [OF_PROMETHEUS, 'ServiceMonitor', { names: 'services', chosenBy: 'serviceMonitor' }],
  [OF_PROMETHEUS, 'PodMonitor', { names: 'pods', chosenBy: 'podMonitor' }],
  [OF_PROMETHEUS, 'Probe', { names: 'prober', chosenBy: 'probe' }],
  [OF_PROMETHEUS, 'ScrapeConfig', { names: 'targets', chosenBy: 'scrapeConfig' }],
  [OF_VICTORIA_METRICS, 'VMServiceScrape', { names: 'services' }],
  [OF_VICTORIA_METRICS, 'VMPodScrape', { names: 'pods' }],
  [OF_VICTORIA_METRICS, 'VMProbe', { names: 'prober' }],
  [OF_VICTORIA_METRICS, 'VMStaticScrape', { names: 'targets' }],
  [OF_GOOGLE, 'PodMonitoring', { names: 'pods' }],
  [OF_GOOGLE, 'ClusterPodMonitoring', { names: 'pods', everywhere: true }],
]

/** What is known about the kind of an object; undefined for one that asks for no scrape. */
export const monitorKindOf = (item: TypeMeta): MonitorKind | undefined =>
  KINDS.find(([group, kind]) => isKind(item, group, kind))?.[2]

export const isMonitor = (item: TypeMeta): boolean => monitorKindOf(item) !== undefined
