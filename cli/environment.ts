import type { KubernetesObject } from '../functions/lib/kubernetes/objects.ts'
import { requireBuildable } from './buildable.ts'
import { Failure, FINDINGS } from './exit-code.ts'
import { type Declared, flowsOf } from './policy/flows.ts'
import { installed } from './policy/installed.ts'
import { hardenedStacks } from './policy/policies.ts'
import { baselineOf } from './reachability/baseline.ts'
import { type Coverage, coverageOf } from './reachability/coverage.ts'
import { atFullStage } from './reachability/full-stage.ts'
import { objectsOf } from './render/documents.ts'
import { onePiece, renderFolder } from './render/environment.ts'
import { harden } from './runtime/functions.ts'
import { type BuildOptions, openSession, type Session } from './session.ts'

/** An environment whose traffic a command looks at: all of its stacks, rendered together. */
export interface Environment {
  /** Absolute path of the folder. */
  path: string
  session: Session
  declared: Declared
  /** What Kustomize and the functions print. */
  rendered: KubernetesObject[]
  /** What runs in the cluster: charts are replaced by what they install. */
  running: KubernetesObject[]
  coverage: Coverage
}

/** Renders an environment. Throws Failure (1) if it has no policy; `purpose` completes "there are no flows to …". */
export async function openEnvironment(folder: string, options: BuildOptions, purpose: string): Promise<Environment> {
  const path = requireBuildable(folder)
  const session = openSession(options)
  const builder = session.builder(harden)
  const stacks = await hardenedStacks(path, builder)
  if (stacks.length === 0)
    throw new Failure(`${folder}: no krm-hardening policy found, so there are no flows to ${purpose}`, FINDINGS)
  const declared = flowsOf(stacks)
  const rendered = objectsOf((await renderFolder(path, builder, onePiece(session))).objects)
  const running = installed(rendered, stacks)
  const coverage = coverageOf(await atFullStage(running, stacks), declared.flows, baselineOf(stacks))
  return { path, session, declared, rendered, running, coverage }
}
