import { type Finish, type Output, ProgramCommand } from '../command.ts'
import { type ExitCode, OK } from '../exit-code.ts'
import type { BuildOptions } from '../session.ts'

interface GraphOptions extends BuildOptions {
  output: Output
}

export function graphCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('graph', finish)
    .summary('draw who calls whom')
    .description(
      'Renders a kustomization and draws the declared flows that touch it, as a Mermaid flowchart: namespaces as boxes, ports on the arrows, dotted where traffic bypasses the mesh. Crossed arrows lead to Service ports that nobody may call, and workloads that may call nothing but DNS have a dashed border.',
    )
    .stackOrEnvironment()
    .outputOption('a Mermaid flowchart')
    .imageOption()
    .examples(
      ['the traffic of a stack', 'krm-hardening graph overlays/dev/mimir > mimir.mmd'],
      ['of a whole environment, for another program', 'krm-hardening graph -o json overlays/dev'],
    )
    .runs(graph)
}

async function graph(folder: string, options: GraphOptions): Promise<ExitCode> {
  const { edgesOf } = await import('../graph/edges.ts')
  const { openEnvironment } = await import('../environment.ts')
  const { coverageAsJson } = await import('../report/coverage.ts')
  const { graphAsMermaid } = await import('../report/graph.ts')
  const { declared, running, coverage } = await openEnvironment(folder, options, 'draw')
  const edges = edgesOf(declared.flows, running)
  process.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify({ edges, coverage: coverageAsJson(coverage) })}\n`
      : graphAsMermaid(edges, coverage),
  )
  return OK
}
