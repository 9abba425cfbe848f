import type { Preset } from './preset.ts'

/**
 * Grafana Loki. Configurations without `common` name the ring's own field: give `values.ring` that target.
 * Source: https://grafana.com/docs/loki/latest/configure/#common
 */
export const loki: Preset = {
  prefix: 'loki-',
  parts: { ingester: { name: '{prefix}ingester', replicas: 'factor' } },
  values: {
    ring: {
      from: '{ingester}',
      formula: 'factor',
      target: { configMap: { key: 'loki.yaml', path: 'common.replication_factor' } },
    },
  },
}
