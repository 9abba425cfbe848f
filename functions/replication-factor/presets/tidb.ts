import type { Preset } from './preset.ts'

/**
 * A TidbCluster of TiDB Operator, whose `pd.config` is a map or a TOML text.
 * Source: https://docs.pingcap.com/tidb/stable/pd-configuration-file#max-replicas
 */
export const tidb: Preset = {
  prefix: '',
  parts: {
    cluster: { name: '{prefix}tidb', kind: 'TidbCluster' },
    pd: { name: '{cluster}-pd', replicas: 'odd factor', quorum: true },
    tikv: { name: '{cluster}-tikv', replicas: 'factor' },
  },
  values: {
    'max-replicas': {
      from: '{tikv}',
      formula: 'factor',
      target: { object: { kind: 'TidbCluster', name: '{cluster}', path: 'spec.pd.config.replication.max-replicas' } },
    },
  },
}
