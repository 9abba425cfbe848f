import type { Finding } from '../../functions/lib/framework/finding.ts'
import { GENERATED_BY } from '../../functions/lib/framework/generated-objects.ts'
import { identity, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { display } from '../display.ts'
import { Failure, FINDINGS } from '../exit-code.ts'
import { verification } from '../findings.ts'
import type { Builder } from '../kustomize/build.ts'
import { objectsOf, splitBuild } from '../render/documents.ts'
import { requireObjects } from '../render/environment.ts'
import { isFolder } from '../tree/kustomization.ts'
import { chartLocksOf } from './chart-locks.ts'
import { leftoversOf } from './leftovers.ts'
import { type HardenedStack, hardenedStacks, policiesAt } from './policies.ts'
import { asksForSomething, harden, validate } from './validate.ts'

/** A finding about a stack, and the function or command that made it. */
export interface StackFinding {
  stack: string
  source: string
  finding: Finding
}

/** What was verified for one stack. */
export interface Verified {
  stack: string
  /** How many objects of the rendering are the stack's. */
  objects: number
  findings: StackFinding[]
}

/**
 * Proves that a rendering is hardened. `policy` is the overlay that it was made from: each stack's policies must hold
 * for what the rendering has of the stack, and every pod must be some stack's. Or it is a file or a folder of policies
 * themselves, which must hold for everything. Throws Failure if there is nothing to prove.
 */
export async function verifyRendering(
  rendering: readonly KubernetesObject[],
  policy: string,
  builder: Builder,
): Promise<Verified[]> {
  if (rendering.length === 0) throw new Failure('the rendering holds no objects, so there is nothing to prove')
  const stacks = isFolder(policy) ? await hardenedStacks(policy, builder) : []
  if (stacks.length > 0) return verifyStacks(rendering, stacks, policy, builder)
  const policies = await policiesAt(policy, builder)
  if (policies.length > 0) return [await verifyObjects(rendering, { folder: policy, policies })]
  throw new Failure(
    `${display(policy)}: no krm-hardening policy found, so there is nothing to prove; expected a kustomization with one among its transformers, or a policy itself`,
    FINDINGS,
  )
}

async function verifyStacks(
  rendering: readonly KubernetesObject[],
  stacks: readonly HardenedStack[],
  environment: string,
  builder: Builder,
): Promise<Verified[]> {
  const byIdentity = new Map<string, KubernetesObject[]>()
  for (const object of rendering)
    byIdentity.set(identity(object), [...(byIdentity.get(identity(object)) ?? []), object])
  const builds = await Promise.all(stacks.map(({ folder }) => builder.build(folder)))
  const covered = new Set<KubernetesObject>()
  const verified: Verified[] = []
  for (const [index, stack] of stacks.entries()) {
    const own = objectsOf(splitBuild(builds[index] ?? ''))
    requireObjects(stack.folder, own)
    // If the functions were skipped, the objects that they generate are not in the stack's own build, but may be in the rendering.
    const locks = chartLocksOf(stack.folder)
    const expected = new Set([...own, ...(await harden([...own, ...locks], stack.policies)).objects].map(identity))
    const present = [...expected].flatMap((id) => byIdentity.get(id) ?? [])
    for (const object of present) covered.add(object)
    const missing = own.filter((object) => !byIdentity.has(identity(object)) && !isGenerated(object))
    verified.push(
      await verifyObjects(
        present,
        stack,
        missing.map((object) => verification['missing-from-rendering']({ object })),
        locks,
      ),
    )
  }
  const uncovered = rendering.filter((object) => !covered.has(object))
  const found = uncovered.flatMap((object) => [
    ...(podTemplateOf(object) ? [verification['no-policy-covers-it']({ object })] : []),
    ...leftoversOf(object),
  ])
  const beyond = { stack: environment, objects: found.length, findings: inStack(environment, found) }
  return found.length > 0 ? [...verified, beyond] : verified
}

async function verifyObjects(
  objects: readonly KubernetesObject[],
  { folder, policies }: HardenedStack,
  findings: readonly Finding[] = [],
  locks: readonly KubernetesObject[] = [],
): Promise<Verified> {
  const empty = policies
    .filter((policy) => !asksForSomething(policy))
    .map((object) => verification['empty-policy']({ object }))
  const reported = (await validate([...objects, ...locks], policies)).map((report) => ({ stack: folder, ...report }))
  return {
    stack: folder,
    objects: objects.length,
    findings: [...inStack(folder, [...empty, ...findings, ...objects.flatMap(leftoversOf)]), ...reported],
  }
}

const inStack = (stack: string, findings: readonly Finding[]): StackFinding[] =>
  findings.map((finding) => ({ stack, source: 'verify', finding }))

/** Validation itself reports what should be generated and is missing. */
const isGenerated = (object: KubernetesObject): boolean => object.metadata.annotations?.[GENERATED_BY] !== undefined
