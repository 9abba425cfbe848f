import { asErrors, Snapshot, summarise } from './changes.ts'
import { type Finding, toLine } from './finding.ts'
import type { Step } from './function.ts'
import type { KubernetesObject } from './kubernetes/object.ts'

/** A finding and the function that made it. */
export interface Reported {
  source: string
  finding: Finding
}

/** Runs functions one after another over the same objects, which are edited in place. */
export async function runSteps(objects: KubernetesObject[], steps: readonly Step[]): Promise<Reported[]> {
  const reported: Reported[] = []
  for (const step of steps) reported.push(...(await runStep(objects, step)))
  return withoutRepeats(reported)
}

/** Two functions that derive from the same flows find the same fault in them: it is said once. */
function withoutRepeats(reported: readonly Reported[]): Reported[] {
  const said = new Set<string>()
  return reported.filter(({ finding }) => {
    const line = toLine(finding, '')
    if (finding.severity === 'error' && said.has(line)) return false
    said.add(line)
    return true
  })
}

async function runStep(objects: KubernetesObject[], { function: definition, spec }: Step): Promise<Reported[]> {
  const before = new Snapshot(objects)
  const findings = await definition.transform(objects, spec)
  const changes = before.changes(objects, new Snapshot(objects))
  const refused = findings.some(({ severity }) => severity === 'error')
  const report = spec.mode === 'validate' ? asErrors(changes) : refused ? [] : summarise(changes)
  if (spec.mode === 'validate') before.restore(objects)
  return [...findings, ...report].map((finding) => ({ source: definition.name, finding }))
}
