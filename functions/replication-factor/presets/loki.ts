import type { Preset } from './preset.ts'

/**
 * Grafana Loki. A configuration has the factor in `common`, or in the rings of its components, or in several of them.
 * Source: https://grafana.com/docs/loki/latest/configure/
 */
export const loki: Preset = {
  prefix: 'loki-',
  parts: { ingester: { name: '{prefix}ingester', replicas: 'factor' } },
  values: {
    ring: {
      from: '{ingester}',
      formula: 'factor',
      target: { configMap: { key: 'loki.yaml', path: 'common.replication_factor' } },
      otherPaths: [
        'common.ring.replication_factor',
        'ingester.lifecycler.ring.replication_factor',
        'index_gateway.ring.replication_factor',
        'compactor.compactor_ring.replication_factor',
        'distributor.ring.replication_factor',
      ],
    },
  },
}
