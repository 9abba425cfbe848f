import type { Operator } from './operator.ts'

/** Source: https://knative.dev/docs/serving/configuration/deployment/ */
export const knative: Operator = {
  imageSettings: [{ configMap: 'config-deployment', key: 'queue-sidecar-image' }],
  customResources: {},
}
