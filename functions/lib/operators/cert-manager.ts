import type { Operator } from './operator.ts'

/** Source: https://cert-manager.io/docs/cli/controller/ */
export const certManager: Operator = {
  imageSettings: [{ argument: '--acme-http01-solver-image' }],
  customResources: {},
}
