import type { Operator } from './operator.ts'

/** Source: https://github.com/planetscale/vitess-operator/blob/main/docs/api.md */
export const vitess: Operator = {
  name: 'Vitess Operator',
  customResources: {
    'planetscale.com/VitessCluster': { images: ['spec.images.*', 'spec.images.mysqld.*'] },
  },
}
