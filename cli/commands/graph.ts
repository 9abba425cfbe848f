import { Command } from 'commander'
import { requireBuildable } from '../buildable.ts'
import { type ExitCode, Failure, FINDINGS, OK } from '../exit-code.ts'
import { objectsOf } from '../render/documents.ts'
import { renderFolder } from '../render/environment.ts'
import { harden } from '../runtime/functions.ts'
import { type BuildOptions, openSession } from '../session.ts'
import { type Output, withExamples, withImageOption, withOutputOption } from './options.ts'
import { onePiece } from './render.ts'

interface GraphOptions extends BuildOptions {
  output: Output
}

export function graphCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('graph')
    .summary('draw who calls whom')
    .description(
      'Renders a kustomization and draws the declared flows that touch it, as a Mermaid flowchart: namespaces as boxes, ports on the arrows, dotted where traffic bypasses the mesh. Crossed arrows lead to Service ports that nobody may call, and workloads that may call nothing but DNS have a dashed border.',
    )
    .argument('[dir]', 'folder with a kustomization.yaml: a stack, or an environment that lists stacks', '.')
    .action(async (folder: string, options: GraphOptions) => finish(await graph(folder, options)))
  withImageOption(withOutputOption(command, 'a Mermaid flowchart'))
  return withExamples(command, [
    ['the traffic of a stack', 'krm-hardening graph overlays/dev/mimir > mimir.mmd'],
    ['of a whole environment, for another program', 'krm-hardening graph -o json overlays/dev'],
  ])
}

async function graph(folder: string, options: GraphOptions): Promise<ExitCode> {
  const { baselineOf } = await import('../reachability/baseline.ts')
  const { coverageOf } = await import('../reachability/coverage.ts')
  const { atFullStage } = await import('../reachability/full-stage.ts')
  const { flowsOf } = await import('../policy/flows.ts')
  const { installed } = await import('../policy/installed.ts')
  const { hardenedStacks } = await import('../policy/policies.ts')
  const { edgesOf } = await import('../graph/edges.ts')
  const { coverageAsJson } = await import('../report/coverage.ts')
  const { graphAsMermaid } = await import('../report/graph.ts')
  const path = requireBuildable(folder)
  const session = openSession(options)
  const builder = session.builder(harden)
  const stacks = await hardenedStacks(path, builder)
  if (stacks.length === 0)
    throw new Failure(`${folder}: no krm-hardening policy found, so there are no flows to draw`, FINDINGS)
  const rendering = await renderFolder(path, builder, onePiece(session))
  const objects = installed(objectsOf(rendering.objects), stacks)
  const { flows } = flowsOf(stacks)
  const edges = edgesOf(flows, objects)
  const coverage = coverageOf(await atFullStage(objects, stacks), flows, baselineOf(stacks))
  process.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify({ edges, coverage: coverageAsJson(coverage) })}\n`
      : graphAsMermaid(edges, coverage),
  )
  return OK
}
