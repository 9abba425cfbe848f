import type { Preset } from './preset.ts'

/**
 * Grafana Mimir. An HA tracker that lists its etcd members is here too: turn `etcd` off where Mimir tracks nothing.
 * Source: https://grafana.com/docs/mimir/latest/configure/configuration-parameters/
 */
export const mimir: Preset = {
  prefix: 'mimir-',
  parts: {
    ingester: { name: '{prefix}ingester', replicas: 'factor' },
    'store-gateway': { name: '{prefix}store-gateway', replicas: 'factor' },
    alertmanager: { name: '{prefix}alertmanager', replicas: 'factor' },
    etcd: { name: '{prefix}etcd', replicas: 'odd factor', quorum: true },
  },
  values: {
    'ingester-ring': {
      from: '{ingester}',
      formula: 'factor',
      target: { configMap: { key: 'mimir.yaml', path: 'ingester.ring.replication_factor' } },
    },
    'store-gateway-ring': {
      from: '{store-gateway}',
      formula: 'factor',
      target: { configMap: { key: 'mimir.yaml', path: 'store_gateway.sharding_ring.replication_factor' } },
    },
    'alertmanager-ring': {
      from: '{alertmanager}',
      formula: 'factor',
      target: { argument: { flag: '-alertmanager.sharding-ring.replication-factor' } },
    },
    'ha-tracker': {
      from: '{etcd}',
      formula: 'members',
      template: '{pod}.{service}.{namespace}.svc.cluster.local:2379',
      target: { configMap: { key: 'mimir.yaml', path: 'distributor.ha_tracker.kvstore.etcd.endpoints' } },
    },
  },
}
