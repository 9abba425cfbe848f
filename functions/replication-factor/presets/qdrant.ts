import type { DeriveRule } from '../config-derive.ts'
import type { Preset } from './preset.ts'

const variable = (formula: DeriveRule['formula'], name: string): DeriveRule => ({
  from: '{qdrant}',
  formula,
  target: { env: { name: `QDRANT__STORAGE__COLLECTION__${name}` } },
})

/** Qdrant's defaults for new collections. Source: https://qdrant.tech/documentation/guides/configuration/ */
export const qdrant: Preset = {
  prefix: '',
  parts: { qdrant: { name: '{prefix}qdrant', replicas: 'factor' } },
  values: {
    'replication-factor': variable('factor', 'REPLICATION_FACTOR'),
    'write-consistency': variable('quorum(factor)', 'WRITE_CONSISTENCY_FACTOR'),
  },
}
