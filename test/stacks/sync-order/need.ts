import { isKind, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import type { Distance } from './step.ts'

export type Objects = readonly KubernetesObject[]

/** `first` must be ahead of `second`, because `second` needs it. */
export interface Need {
  first: KubernetesObject
  second: KubernetesObject
  distance: Distance
}

/** Every one of the seconds needs every one of the firsts. */
export const pairs = (firsts: Objects, seconds: Objects, distance: Distance): Need[] =>
  firsts.flatMap((first) => seconds.filter((second) => second !== first).map((second) => ({ first, second, distance })))

export const ofKind = (objects: Objects, group: string, kind: string): KubernetesObject[] =>
  objects.filter((object) => isKind(object, group, kind))
