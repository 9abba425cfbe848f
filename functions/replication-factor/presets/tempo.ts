import type { Preset } from './preset.ts'

/** Grafana Tempo. Source: https://grafana.com/docs/tempo/latest/configuration/#ingester */
export const tempo: Preset = {
  prefix: 'tempo-',
  parts: { ingester: { name: '{prefix}ingester', replicas: 'factor' } },
  values: {
    ring: {
      from: '{ingester}',
      formula: 'factor',
      target: { configMap: { key: 'tempo.yaml', path: 'ingester.lifecycler.ring.replication_factor' } },
    },
  },
}
