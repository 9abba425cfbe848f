import { Command } from 'commander'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { requireBuildable } from '../buildable.ts'
import { type ExitCode, Failure, FINDINGS, OK } from '../exit-code.ts'
import type { StackFinding } from '../policy/verify.ts'
import { objectsOf } from '../render/documents.ts'
import { renderFolder } from '../render/environment.ts'
import { harden } from '../runtime/functions.ts'
import { type BuildOptions, openSession } from '../session.ts'
import { type FindingsOutput, withExamples, withFindingsOutputOption, withImageOption } from './options.ts'
import { onePiece } from './render.ts'

interface CheckOptions extends BuildOptions {
  complete?: true
  output: FindingsOutput
}

export function checkCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('check')
    .summary('check the flows and the source tree of a whole environment')
    .description(
      'Renders all stacks of an environment together and compares the declared flows with them: every caller must match a pod, and every destination a workload with a Service that carries the port. Lists what the policies cut off: Service ports that nobody may call, and workloads that may call nothing but DNS. Checks what no rendering shows: the markers of image policies, dashboards, values that are still placeholders, and the workflows that push components.',
    )
    .argument('[dir]', 'folder with the kustomization.yaml of an environment', '.')
    .option(
      '--complete',
      'the environment is all there is: a flow from or to a namespace of none of its stacks is an error too',
    )
    .action(async (folder: string, options: CheckOptions) => finish(await check(folder, options)))
  withImageOption(withFindingsOutputOption(command, 'a line for each finding'))
  return withExamples(command, [
    ['the flows of an environment', 'krm-hardening check overlays/dev'],
    ['every connection that its network policies admit', 'krm-hardening check -o json overlays/dev'],
    ['if nothing but spec.elsewhere is outside of it', 'krm-hardening check --complete overlays/production'],
  ])
}

async function check(folder: string, options: CheckOptions): Promise<ExitCode> {
  const { checkFlows } = await import('../../functions/lib/flows/check-environment.ts')
  const { baselineOf } = await import('../reachability/baseline.ts')
  const { coverageOf } = await import('../reachability/coverage.ts')
  const { atFullStage } = await import('../reachability/full-stage.ts')
  const { flowsOf } = await import('../policy/flows.ts')
  const { installed } = await import('../policy/installed.ts')
  const { hardenedStacks } = await import('../policy/policies.ts')
  const path = requireBuildable(folder)
  const session = openSession(options)
  const builder = session.builder(harden)
  const stacks = await hardenedStacks(path, builder)
  if (stacks.length === 0)
    throw new Failure(`${folder}: no krm-hardening policy found, so there are no flows to check`, FINDINGS)
  const declared = flowsOf(stacks)
  const rendering = await renderFolder(path, builder, onePiece(session))
  const { complete = false } = options
  const objects = installed(objectsOf(rendering.objects), stacks)
  const inEnvironment = (finding: Finding): StackFinding => ({ stack: path, source: 'check', finding })
  const coverage = coverageOf(await atFullStage(objects, stacks), declared.flows, baselineOf(stacks))
  const ofFlows = [
    ...declared.findings,
    ...[...checkFlows(objects, { ...declared, complete }), ...coverage.findings].map(inEnvironment),
  ]
  const { checkSourceTree } = await import('../checks/index.ts')
  const { sourceTreeOf } = await import('../checks/source-tree.ts')
  const { registeredTwice } = await import('../reachability/registered-twice.ts')
  const { sharedPods } = await import('../reachability/shared-pods.ts')
  const ofNeighbours = [...sharedPods(objects), ...registeredTwice(objects)].map(inEnvironment)
  const findings = [
    ...ofFlows,
    ...ofNeighbours,
    ...checkSourceTree(sourceTreeOf(path, objectsOf(rendering.objects))).map(inEnvironment),
  ]
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
      connections: connectionsIn(objects),
    })
  }
  process.stdout.write(
    options.output === 'json'
      ? `${await asJson()}\n`
      : `${findingsAsText(findings)}${silenceAsText(coverage)}${flows} flows ${exitCodeOf(ofFlows) === OK ? 'match' : 'checked; they do NOT all match'}\n${figuresAsText(coverage)}`,
  )
  return exitCode
}
