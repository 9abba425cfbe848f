import { defineFunction } from '../lib/function.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { type ReplicationFactorSpec, replicationFactorSchema } from './config.ts'
import { transform } from './transform.ts'

export const replicationFactor = defineFunction<ReplicationFactorSpec>({
  name: 'replication-factor',
  kind: 'ReplicationFactor',
  section: 'replication',
  description: '',
  schema: replicationFactorSchema,
  reads: (_spec, item) => isPodOwner(item),
  transform,
})
