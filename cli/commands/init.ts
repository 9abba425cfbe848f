import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { display } from '../display.ts'
import { type ExitCode, Failure, OK } from '../exit-code.ts'
import type { Plan } from '../init/plan.ts'
import type { Builder } from '../kustomize/build.ts'
import { objectsOf, splitBuild } from '../render/documents.ts'
import { type BuildOptions, openSession, requireBuildable } from '../session.ts'
import { type Kustomization, readKustomization } from '../tree/kustomization.ts'
import { type Output, withExamples, withImageOption, withOutputOption } from './options.ts'

interface InitOptions extends BuildOptions {
  dryRun?: true
  without: string[]
  output: Output
}

const SECTIONS = ['images', 'securityContext', 'replication', 'istio', 'networkPolicy']
const FOLDER = 'hardening'

export function initCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('init')
    .summary('propose a policy for a kustomization that has none')
    .description(
      `Builds a kustomization as it is and writes a policy for it into ${FOLDER}/ beside it, for review: flows from the hosts that pods are given, from NetworkPolicies and from Sidecars, and the images that have no digest yet. Names the policy under transformers, and changes nothing else.`,
    )
    .argument('[dir]', 'folder with the kustomization.yaml that is deployed', '.')
    .option('--dry-run', 'print what would be written, as a patch, and write nothing')
    .option(
      '--without <section>',
      `section that the policy shall not have: ${SECTIONS.join(', ')}; repeatable`,
      (value: string, previous: string[]) => [...previous, requireSection(value)],
      [],
    )
    .action(async (folder: string, options: InitOptions) => finish(await init(folder, options)))
  withImageOption(withOutputOption(command, 'what was written, and what to review'))
  return withExamples(command, [
    ['what would be written', 'krm-hardening init --dry-run deploy/production'],
    ['a policy for a cluster that does not run Istio', 'krm-hardening init --without istio deploy/production'],
  ])
}

function requireSection(value: string): string {
  if (!SECTIONS.includes(value)) throw new InvalidArgumentError(`expected one of ${SECTIONS.join(', ')}.`)
  return value
}

async function init(folder: string, options: InitOptions): Promise<ExitCode> {
  const { planInit } = await import('../init/plan.ts')
  const path = requireBuildable(folder)
  const builder = openSession(options).builder('functions')
  const kustomization = await requireUnhardened(path, builder)
  const objects = objectsOf(splitBuild(await builder.build(path)))
  const sections = SECTIONS.filter((section) => !options.without.includes(section))
  const plan = await planInit(objects, kustomization, join(path, FOLDER), sections)
  if (!options.dryRun) {
    mkdirSync(join(path, FOLDER))
    for (const { file, after } of plan.changes) writeFileSync(file, after)
  }
  await report(plan, folder, options)
  return OK
}

/** The kustomization of a folder. Throws Failure (2) where it is hardened already, or is none by itself. */
async function requireUnhardened(path: string, builder: Builder): Promise<Kustomization> {
  const kustomization = readKustomization(path) as Kustomization
  const { file, fields } = kustomization
  if (fields.kind === 'Component')
    throw new Failure(`${display(file)} is a Component; expected a Kustomization, which is built by itself`)
  const target = join(path, FOLDER)
  if (existsSync(target)) throw new Failure(`${display(target)} exists already; nothing was written`)
  const { hardenedStacks } = await import('../policy/policies.ts')
  const [stack] = await hardenedStacks(path, builder)
  if (stack)
    throw new Failure(`${display(stack.folder)} names a policy among its transformers already; nothing was written`)
  return kustomization
}

async function report(plan: Plan, folder: string, options: InitOptions): Promise<void> {
  const dryRun = options.dryRun === true
  const { changesAsPatch, initAsJson, initAsText } = await import('../report/init.ts')
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(initAsJson(plan, dryRun))}\n`)
  else if (!dryRun) process.stdout.write(initAsText(plan, folder, dryRun))
  else {
    process.stdout.write(changesAsPatch(plan.changes))
    process.stderr.write(initAsText(plan, folder, dryRun))
  }
}
