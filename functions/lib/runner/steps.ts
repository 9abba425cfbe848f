import { requireDistinct } from '../framework/distinct.ts'
import type { Finding } from '../framework/finding.ts'
import type { Step } from '../framework/function.ts'
import { Shared } from '../framework/shared.ts'
import { requireWellTyped } from '../framework/well-typed.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { asErrors, Snapshot, summarise } from './changes.ts'

/** A finding and the function that made it. */
export interface Reported {
  source: string
  finding: Finding
}

export interface Ran {
  reported: Reported[]
  before: Snapshot
  after: Snapshot
}

/**
 * Runs functions one after another over the same objects, which are edited in place. Throws InputError for objects that
 * the API would not decode.
 */
export async function runSteps(objects: KubernetesObject[], steps: readonly Step[]): Promise<Ran> {
  requireWellTyped(objects)
  requireDistinct(objects)
  const before = new Snapshot(objects)
  const reported: Reported[] = []
  const shared = new Shared()
  let after = before
  for (const step of steps) after = await runStep(objects, step, shared, after, reported)
  return { reported, before, after }
}

/** Runs one function; answers how the objects stand then. */
async function runStep(
  objects: KubernetesObject[],
  { function: definition, spec }: Step,
  shared: Shared,
  before: Snapshot,
  reported: Reported[],
): Promise<Snapshot> {
  const findings = await definition.transform(objects, spec, definition.name, shared)
  const after = new Snapshot(objects)
  const changes = before.changes(objects, after)
  const refused = findings.some(({ severity }) => severity === 'error')
  const report = spec.mode === 'validate' ? asErrors(changes) : refused ? [] : summarise(changes)
  reported.push(...[...findings, ...report].map((finding) => ({ source: definition.name, finding })))
  if (spec.mode !== 'validate') return after
  before.restore(objects)
  return before
}
