import { existsSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { flowsSchema } from '../../functions/lib/flows/schema.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import { describe, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import type { Reported } from '../../functions/lib/runner/steps.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import type { Change } from '../files.ts'
import { harden } from '../policy/validate.ts'
import { baselineOf } from '../reachability/baseline.ts'
import { coverageOf } from '../reachability/coverage.ts'
import type { Kustomization } from '../tree/kustomization.ts'
import type { Found } from './found.ts'
import { withoutFlows, withoutKnown } from './known.ts'
import { propose } from './propose.ts'
import { cutOffLines, reviewOf } from './review.ts'
import { flowsInText, withFlows } from './write/append.ts'
import { withNamespace, withTransformer } from './write/edit-kustomization.ts'
import { policyFiles, policyOf, withFoundFlows } from './write/files.ts'

export interface InitPlan {
  changes: Change[]
  found: Found
  /** What a person has to decide. */
  review: string[]
  /** The errors with which a rendering would fail now. */
  refusals: Reported[]
}

/** What the user asks of a first run. */
export interface InitRequest {
  sections: readonly string[]
  /** The namespace of objects that get one only when they are applied. */
  namespace: string | undefined
  /** A folder whose policy the new one is layered on, and that policy. */
  base: { folder: string; policy: KubernetesObject } | undefined
}

/**
 * What to write into the folder `target` for a build that no policy hardens. Throws Failure (2) for a build that no policy
 * fits.
 */
export async function planInit(
  objects: readonly KubernetesObject[],
  kustomization: Kustomization,
  target: string,
  { sections, namespace, base }: InitRequest,
): Promise<InitPlan> {
  const placed = namespace === undefined ? objects : objects.map((object) => inNamespace(object, namespace))
  requireNamespaces(placed, kustomization)
  const found = withoutKnown(await propose(placed), base?.policy)
  const layered = base && { path: relative(target, base.folder), policy: base.policy }
  const tried = await tryOut(placed, policyOf(policyFiles(sections, found, layered), layered))
  const files = policyFiles(sections, { ...found, notes: [...found.notes, ...tried.cutOff] }, layered)
  const { file, text } = kustomization
  const added = [...files].map(([name, after]) => ({ file: join(target, name), before: undefined, after }))
  const hardened = await withTransformer(kustomization, basename(target))
  const after = namespace === undefined ? hardened : withNamespace(hardened, namespace, file)
  return {
    changes: [...added, { file, before: text, after }],
    found,
    review: [...reviewOf(placed, sections, found), ...tried.cutOff],
    refusals: tried.refusals,
  }
}

/** The errors with which a rendering would fail, and what the generated policies would cut off. */
async function tryOut(
  objects: readonly KubernetesObject[],
  policy: KubernetesObject,
): Promise<{ refusals: Reported[]; cutOff: string[] }> {
  const hardened = await harden(objects, [policy])
  const flows = parseConfig(flowsSchema, valueAt(policy, ['spec', 'flows']) ?? {}, `${policy.kind}: spec.flows`)
  const coverage = coverageOf(hardened.objects, flows, baselineOf([{ policies: [policy] }]))
  return {
    refusals: hardened.reported.filter(({ finding }) => finding.severity === 'error'),
    cutOff: cutOffLines(coverage),
  }
}

/** What a later run proposes for a build that a policy hardens: only flows that the policy does not have. */
export async function planAgain(
  objects: readonly KubernetesObject[],
  policy: KubernetesObject,
  target: string,
): Promise<InitPlan> {
  const file = join(target, 'flows.yaml')
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  const seen = before === undefined ? {} : flowsInText(before)
  const found = withoutKnown(withoutFlows(await propose(objects), seen), policy)
  if (before === undefined && found.flows.length > 0)
    throw new Failure(
      `${display(file)} does not exist, so there is no place for ${found.flows.length} new flows; expected the file that the first run wrote`,
    )
  const changes =
    before === undefined || found.flows.length === 0
      ? []
      : [{ file, before, after: withFlows(before, found.flows, file) }]
  const { cutOff } = await tryOut(objects, withFoundFlows(policy, found.flows))
  return { changes, found, review: [...reviewOf(objects, [], found), ...cutOff], refusals: [] }
}

const inNamespace = (object: KubernetesObject, namespace: string): KubernetesObject =>
  object.metadata.namespace === undefined ? { ...object, metadata: { ...object.metadata, namespace } } : object

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

/** Flows, policies and Sidecars belong to a namespace, which an object without one gets only when it is applied. */
function requireNamespaces(objects: readonly KubernetesObject[], { folder, file }: Kustomization): void {
  const workloads = workloadsOf(objects)
  if (workloads.length === 0)
    throw new Failure(`${display(folder)} builds no object with pods, so there is nothing to harden`)
  const [malformed] = workloads.filter(({ namespace }) => namespace !== '' && !NAMESPACE.test(namespace))
  if (malformed)
    throw new Failure(
      `${display(folder)}: ${malformed.kind} ${JSON.stringify(malformed.name)}: found the namespace ${JSON.stringify(malformed.namespace)}, expected a DNS label such as shop`,
    )
  const without = workloads.filter(({ namespace }) => namespace === '').map(({ object }) => describe(object))
  if (without.length > 0)
    throw new Failure(
      `${display(folder)}: found no namespace on ${without.join(', ')}; expected one, because flows and policies name it: add \`namespace:\` to ${display(file)}, or run init with --namespace, which does`,
    )
}
