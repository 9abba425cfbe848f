import type { Operator } from './operator.ts'

/** Source: https://knative.dev/docs/serving/configuration/deployment/ */
export const knative: Operator = {
  name: 'Knative',
  imageSettings: [{ configMap: 'config-deployment', key: 'queue-sidecar-image' }],
  customResources: {},
}
