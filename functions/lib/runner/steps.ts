import { Charts, isOfCharts } from '../charts/charts.ts'
import type { FluxSpec } from '../charts/config.ts'
import { chartSourcesOf } from '../charts/source.ts'
import { requireDistinct } from '../framework/distinct.ts'
import type { Finding } from '../framework/finding.ts'
import type { Step } from '../framework/function.ts'
import { addAll, refill } from '../framework/lists.ts'
import { requireClosed } from '../framework/open-placeholders.ts'
import { Shared } from '../framework/shared.ts'
import { requireWellTyped } from '../framework/well-typed.ts'
import { requireWrittenOut } from '../framework/written-out.ts'
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
 * Runs functions one after another over the same objects, which are edited in place. In the place of a HelmRelease they see
 * what its chart installs. Throws InputError for objects that the API would not decode, and for a HelmRelease that no
 * lock fits. Functions that read HelmReleases as they are written run after the others.
 */
export async function runSteps(objects: KubernetesObject[], steps: readonly Step[]): Promise<Ran> {
  const onReleases = steps.filter((step) => step.function.seesReleases)
  if (onReleases.length === 0) return runOnCharts(objects, steps)
  const others = steps.filter((step) => !step.function.seesReleases)
  const before = new Snapshot(objects)
  const reported: Reported[] = []
  let after = before
  if (others.length > 0) {
    const ran = await runOnCharts(objects, others)
    addAll(reported, ran.reported)
    after = ran.after
  } else requireReadable(objects, before)
  const shared = new Shared()
  for (const step of onReleases) after = await runStep(objects, step, shared, after, reported)
  return { reported, before, after }
}

function requireReadable(objects: readonly KubernetesObject[], now: Snapshot): void {
  requireWellTyped(objects)
  requireWrittenOut(objects, now.jsonOf)
  requireDistinct(objects)
}

/** Runs the functions that see what the charts install in the place of the HelmReleases. */
async function runOnCharts(objects: KubernetesObject[], steps: readonly Step[]): Promise<Ran> {
  const before = new Snapshot(objects)
  const ofCharts = objects.filter(isOfCharts)
  requireWellTyped(ofCharts)
  requireClosed(ofCharts.filter((object) => before.jsonOf(object)?.includes('${')))
  const charts = Charts.of(objects, fluxOf(steps))
  const original = [...objects]
  const replaced = new Set(charts.replaced)
  const installed = charts.objects
  if (replaced.size > 0) refill(objects, [...objects.filter((object) => !replaced.has(object)), ...installed])
  requireReadable(objects, before)
  const reported: Reported[] = []
  const shared = new Shared()
  for (const [source, digest] of charts.sources) chartSourcesOf(shared).set(source, digest)
  const start = replaced.size > 0 ? new Snapshot(objects) : before
  let after = start
  const unreached = new Snapshot(charts.unreached)
  for (const step of steps) after = await runStep(objects, step, shared, after, reported, unreached)
  addAll(
    reported,
    charts.findings.map((finding) => ({ source: 'charts', finding })),
  )
  if (replaced.size === 0) return { reported, before, after }
  charts.writeBack()
  putBack(objects, original, replaced, installed)
  return { reported, before, after: new Snapshot(objects, before) }
}

/** The objects of the build in their order, without what only the charts install. */
function putBack(
  objects: KubernetesObject[],
  original: readonly KubernetesObject[],
  replaced: ReadonlySet<KubernetesObject>,
  installed: readonly KubernetesObject[],
): void {
  const present = new Set(objects)
  const known = new Set([...original, ...installed])
  const kept = original.filter((object) => replaced.has(object) || present.has(object))
  const added = objects.filter((object) => !known.has(object))
  refill(objects, [...kept, ...added])
}

/** What the policy says about Flux: every section says the same. */
const fluxOf = (steps: readonly Step[]): FluxSpec =>
  steps.map(({ spec }) => (spec as { flux?: FluxSpec }).flux).find((flux) => flux !== undefined) ?? {}

/** Runs one function; answers how the objects stand then. */
async function runStep(
  objects: KubernetesObject[],
  { function: definition, spec }: Step,
  shared: Shared,
  before: Snapshot,
  reported: Reported[],
  unreached?: Snapshot,
): Promise<Snapshot> {
  const findings = await definition.transform(objects, spec, definition.name, shared)
  unreached?.restoreContent()
  const after = new Snapshot(objects, before)
  const changes = before.changes(objects, after)
  const refused = findings.some(({ severity }) => severity === 'error')
  const report = spec.mode === 'validate' ? asErrors(changes) : refused ? [] : summarise(changes)
  addAll(
    reported,
    [...findings, ...report].map((finding) => ({ source: definition.name, finding })),
  )
  if (spec.mode !== 'validate') return after
  before.restore(objects)
  return before
}
