import type { Finding } from '../../functions/lib/framework/finding.ts'
import { type FindingsOutput, type Finish, ProgramCommand } from '../command.ts'
import { type ExitCode, OK } from '../exit-code.ts'
import type { StackFinding } from '../policy/verify.ts'
import type { BuildOptions } from '../session.ts'

interface CheckOptions extends BuildOptions {
  complete?: true
  output: FindingsOutput
}

export function checkCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('check', finish)
    .summary('check the flows and the source tree of a whole environment')
    .description(
      'Renders all stacks of an environment together and compares the declared flows with them: every caller must match a pod, and every destination a workload with a Service that carries the port. Lists what the policies cut off: Service ports that nobody may call, and workloads that may call nothing but DNS. Checks what no rendering shows: the markers of image policies, dashboards, values that are still placeholders, and the workflows that push components.',
    )
    .argument('[dir]', 'folder with the kustomization.yaml of an environment', '.')
    .option(
      '--complete',
      'the environment is all there is: a flow from or to a namespace of none of its stacks is an error too',
    )
    .findingsOutputOption('a line for each finding')
    .imageOption()
    .examples(
      ['the flows of an environment', 'krm-hardening check overlays/dev'],
      ['every connection that its network policies admit', 'krm-hardening check -o json overlays/dev'],
      ['if nothing but spec.elsewhere is outside of it', 'krm-hardening check --complete overlays/production'],
    )
    .runs(check)
}

async function check(folder: string, options: CheckOptions): Promise<ExitCode> {
  const { checkFlows } = await import('../../functions/lib/flows/check-environment.ts')
  const { checkSourceTree } = await import('../checks/index.ts')
  const { sourceTreeOf } = await import('../checks/source-tree.ts')
  const { openEnvironment } = await import('../environment.ts')
  const { registeredTwice } = await import('../reachability/registered-twice.ts')
  const { sharedPods } = await import('../reachability/shared-pods.ts')
  const { path, session, declared, rendered, running, coverage } = await openEnvironment(folder, options, 'check')
  const { complete = false } = options
  const inEnvironment = (finding: Finding): StackFinding => ({ stack: path, source: 'check', finding })
  const ofFlows = [
    ...declared.findings,
    ...[...checkFlows(running, { ...declared, complete }), ...coverage.findings].map(inEnvironment),
  ]
  const ofNeighbours = [...sharedPods(running), ...registeredTwice(running)].map(inEnvironment)
  const ofSources = checkSourceTree(sourceTreeOf(path, rendered)).map(inEnvironment)
  const findings = [...ofFlows, ...ofNeighbours, ...ofSources]
  const { coverageAsJson, figuresAsText, silenceAsText } = await import('../report/coverage.ts')
  const { exitCodeOf, findingsAsResults, findingsAsText } = await import('../report/findings.ts')
  const exitCode = exitCodeOf(findings)
  if (options.output === 'sarif') {
    const { writeSarif } = await import('../report/write-sarif.ts')
    await writeSarif(path, session, findings)
    return exitCode
  }
  const flows = Object.keys(declared.flows).length
  const ok = exitCode === OK
  const asJson = async (): Promise<string> => {
    const { connectionsIn } = await import('../connections/connections.ts')
    return JSON.stringify({
      ok,
      flows,
      findings: findingsAsResults(findings),
      coverage: coverageAsJson(coverage),
      connections: connectionsIn(running),
    })
  }
  process.stdout.write(
    options.output === 'json'
      ? `${await asJson()}\n`
      : `${findingsAsText(findings)}${silenceAsText(coverage)}${flows} flows ${exitCodeOf(ofFlows) === OK ? 'match' : 'checked; they do NOT all match'}\n${figuresAsText(coverage)}`,
  )
  return exitCode
}
