import { CUSTOM_RESOURCES as OPERATED } from '../../lib/operators/index.ts'
import type { CustomResourceSpec } from '../config-custom-resource.ts'

/** Custom resources whose operators make pods: where their security contexts are, and the level that the pods can meet. */
export const CUSTOM_RESOURCES: Readonly<Record<string, CustomResourceSpec>> = Object.fromEntries(
  Object.entries(OPERATED).flatMap(([type, { level, pods }]) => (pods ? [[type, { level, ...pods }]] : [])),
)
