import type { Operator } from './operator.ts'

/** How operators of this framework are told their images. Source: https://sdk.operatorframework.io/docs/advanced-topics/multi-arch/ */
export const operatorLifecycleManager: Operator = {
  name: 'Operator Lifecycle Manager',
  imageSettings: [{ environment: 'RELATED_IMAGE_*' }],
  customResources: {},
}
