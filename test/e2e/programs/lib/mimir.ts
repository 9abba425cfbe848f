import { basename, join } from 'node:path'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { objectsOf, render, stacks } from '../../../support/stacks.ts'

/** `dev/mimir`: Mimir in every environment. */
export const mimirStacks = stacks.filter((stack) => basename(stack) === 'mimir')
if (mimirStacks.length === 0) throw new Error('overlays/: no mimir found, so that no program would check anything')

/** The objects of one of them, as they are deployed. */
export const mimirObjects = (stack: string): KubernetesObject[] => objectsOf(render(join('overlays', stack)))
