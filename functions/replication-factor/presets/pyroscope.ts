import type { Preset } from './preset.ts'

/** Grafana Pyroscope. Source: https://grafana.com/docs/pyroscope/latest/configure-server/reference-configuration-parameters/ */
export const pyroscope: Preset = {
  prefix: 'pyroscope-',
  parts: {
    ingester: { name: '{prefix}ingester', replicas: 'factor' },
    'store-gateway': { name: '{prefix}store-gateway', replicas: 'factor' },
  },
  values: {
    'ingester-ring': {
      from: '{ingester}',
      formula: 'factor',
      target: { configMap: { key: 'pyroscope.yaml', path: 'ingester.lifecycler.ring.replication_factor' } },
    },
    'store-gateway-ring': {
      from: '{store-gateway}',
      formula: 'factor',
      target: { configMap: { key: 'pyroscope.yaml', path: 'store_gateway.sharding_ring.replication_factor' } },
    },
  },
}
