import type { Preset } from './preset.ts'

/** etcd as a StatefulSet that knows its members from the start. Source: https://etcd.io/docs/latest/op-guide/clustering/#static */
export const etcd: Preset = {
  prefix: '',
  parts: { etcd: { name: '{prefix}etcd', replicas: 'odd factor', quorum: true } },
  values: {
    'initial-cluster': {
      from: '{etcd}',
      formula: 'members',
      template: '{pod}=http://{pod}.{service}.{namespace}.svc.cluster.local:2380',
      target: { argument: { flag: '--initial-cluster' } },
    },
  },
}
