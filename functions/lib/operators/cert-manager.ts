import type { Operator } from './operator.ts'

/** Source: https://cert-manager.io/docs/cli/controller/ */
export const certManager: Operator = {
  name: 'cert-manager',
  imageSettings: [{ argument: '--acme-http01-solver-image' }],
  customResources: {},
}
