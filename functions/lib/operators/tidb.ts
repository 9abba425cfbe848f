import type { CustomResource, ImageField, JoinedImage, Operator, PodFields } from './operator.ts'
import { podsOfTidbCluster, podsOfTidbMonitor } from './tidb-pods.ts'

/** Repository and tag in two fields that the operator joins by a colon; the digest goes after the tag. */
const joined = (path: string): ImageField => ({ path, parts: { repository: 'baseImage', tag: 'version' } })

const imagePullSecrets = ['spec', 'imagePullSecrets']

const POD = { 'spec.podSecurityContext': { of: 'spec' } }
const HOST_NETWORK = { 'spec.hostNetwork': 'hostNamespaces' } as const

// The containers that the operator adds to the pods are out of reach.
const pods: PodFields = { harden: false, podSecurityContexts: POD, flags: HOST_NETWORK }
const tool: Pick<CustomResource, 'pods' | 'level'> = { pods: { ...pods, flags: {} }, level: 'baseline' }

// A component's own podSecurityContext replaces that of the cluster, so it is completed where it exists, and not created.
function podsOf(...components: string[]): PodFields {
  const paths = (field: string): string[] => components.map((component) => `spec.${component}.${field}`)
  return {
    ...pods,
    podSecurityContexts: {
      'spec.podSecurityContext': {
        of: 'spec',
        containerLists: [...paths('initContainers'), ...paths('additionalContainers')],
      },
      ...Object.fromEntries(paths('podSecurityContext').map((path) => [path, { of: path }])),
    },
    volumes: paths('additionalVolumes'),
    flags: { ...HOST_NETWORK, ...Object.fromEntries(paths('hostNetwork').map((path) => [path, 'hostNamespaces'])) },
  }
}

const CLUSTER_IMAGES = [
  'spec.*.image',
  'spec.tidb.slowLogTailer.image',
  'spec.*.additionalContainers.*.image',
  'spec.*.initContainers.*.image',
]
const image = (component: string, repository: string, container = component): JoinedImage => ({
  component,
  container,
  repository,
})

const clusterPods = podsOf('discovery', 'pd', 'tidb', 'tikv', 'tiflash', 'ticdc', 'tiproxy', 'pump')

const TOOL_IMAGES = ['spec.**.toolImage']

/**
 * TiDB Operator 1.x. It also chooses configuration and the backup tool by `version`, which is why a digest cannot go there in
 * a cluster (`joinedImages`, from operator v1.4).
 * Sources: https://docs.pingcap.com/tidb-in-kubernetes/stable,
 * https://github.com/pingcap/tidb-operator/blob/v1.6.3/pkg/apis/pingcap/v1alpha1/tidbcluster.go
 */
export const tidb: Operator = {
  name: 'TiDB Operator',
  imageSettings: [{ argument: '--tidb-backup-manager-image' }, { argument: '--tidb-discovery-image' }],
  customResources: {
    'pingcap.com/TidbCluster': {
      images: CLUSTER_IMAGES,
      joinedImages: [
        image('pd', 'pingcap/pd'),
        image('tikv', 'pingcap/tikv'),
        image('tidb', 'pingcap/tidb'),
        image('tiflash', 'pingcap/tiflash'),
        image('ticdc', 'pingcap/ticdc'),
        image('tiproxy', 'pingcap/tiproxy'),
        image('pump', 'pingcap/tidb-binlog'),
      ],
      imagePullSecrets,
      pods: {
        ...clusterPods,
        harden: true,
        claims: ['spec.pd', 'spec.tikv', 'spec.tiflash', 'spec.pump'],
        flags: { ...clusterPods.flags, 'spec.tikv.privileged': 'privileged', 'spec.tiflash.privileged': 'privileged' },
      },
      level: 'baseline',
      replicas: Object.fromEntries(
        ['pd', 'tikv', 'tidb', 'tiflash', 'ticdc', 'pump'].map((part) => [`-${part}`, ['spec', part, 'replicas']]),
      ),
      runtimePods: podsOfTidbCluster,
    },
    'pingcap.com/DMCluster': {
      images: CLUSTER_IMAGES,
      joinedImages: [image('master', 'pingcap/dm', 'dm-master'), image('worker', 'pingcap/dm', 'dm-worker')],
      imagePullSecrets,
      pods: podsOf('discovery', 'master', 'worker'),
      level: 'baseline',
    },
    'pingcap.com/TidbMonitor': {
      images: [
        ...['prometheus', 'grafana', 'reloader', 'prometheusReloader', 'thanos', 'initializer', 'dm.initializer'].map(
          (part) => joined(`spec.${part}`),
        ),
        'spec.additionalContainers.*.image',
      ],
      imagePullSecrets,
      // The directory of its alerting rules is named after the initializer's version.
      versionInTag: { tag: 'spec.initializer.version', field: 'alertManagerRulesVersion' },
      pods,
      level: 'baseline',
      runtimePods: podsOfTidbMonitor,
    },
    'pingcap.com/TidbInitializer': { images: ['spec.image'], ...tool },
    'pingcap.com/TidbDashboard': { images: [joined('spec')] },
    'pingcap.com/TidbNGMonitoring': { images: [joined('spec.ngMonitoring')] },
    'pingcap.com/Backup': { images: TOOL_IMAGES, ...tool },
    'pingcap.com/Restore': { images: TOOL_IMAGES, ...tool },
    'pingcap.com/BackupSchedule': { images: TOOL_IMAGES },
    'pingcap.com/CompactBackup': { images: TOOL_IMAGES },
  },
}
