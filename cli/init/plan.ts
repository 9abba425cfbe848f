import { basename, join } from 'node:path'
import { describe, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import type { Reported } from '../../functions/lib/runner/steps.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import { tryOut } from '../policy/validate.ts'
import type { Kustomization } from '../tree/kustomization.ts'
import { withTransformer } from './edit-kustomization.ts'
import { policyFiles, policyOf } from './files.ts'
import { type Found, propose } from './propose.ts'
import { reviewOf } from './review.ts'

/** A file that is written; `before` is undefined for a new one. */
export interface Change {
  file: string
  before: string | undefined
  after: string
}

export interface Plan {
  changes: Change[]
  found: Found
  /** What a person has to decide. */
  review: string[]
  /** The errors with which a rendering would end now. */
  refusals: Reported[]
}

/** What is to be written for a build and the kustomization that it is of: a policy in the folder `target`. Throws Failure (2) for a build that no policy fits. */
export async function planInit(
  objects: readonly KubernetesObject[],
  kustomization: Kustomization,
  target: string,
  sections: readonly string[],
): Promise<Plan> {
  requireNamespaces(objects, kustomization)
  const found = await propose(objects)
  const files = policyFiles(sections, found)
  const { file, text } = kustomization
  const added = [...files].map(([name, after]) => ({ file: join(target, name), before: undefined, after }))
  const reported = await tryOut(objects, policyOf(files))
  return {
    changes: [...added, { file, before: text, after: await withTransformer(kustomization, basename(target)) }],
    found,
    review: reviewOf(objects, sections, found),
    refusals: reported.filter(({ finding }) => finding.severity === 'error'),
  }
}

/** Flows, policies and Sidecars are of a namespace, which an object without one gets only when it is applied. */
function requireNamespaces(objects: readonly KubernetesObject[], { folder, file }: Kustomization): void {
  const workloads = workloadsOf(objects)
  if (workloads.length === 0)
    throw new Failure(`${display(folder)} builds no object with pods, so there is nothing to harden`)
  const without = workloads.filter(({ namespace }) => namespace === '').map(({ object }) => describe(object))
  if (without.length > 0)
    throw new Failure(
      `${display(folder)}: found no namespace on ${without.join(', ')}; expected one, since flows and policies name it: add \`namespace:\` to ${display(file)}`,
    )
}
