import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { requireStack } from '../buildable.ts'
import { type Finish, type Output, ProgramCommand } from '../command.ts'
import { display } from '../display.ts'
import { type ExitCode, Failure, OK } from '../exit-code.ts'
import { writeAllOrNone } from '../files.ts'
import type { InitPlan } from '../init/plan.ts'
import type { Builder } from '../kustomize/build.ts'
import { nameForeignImages } from '../policy/skipped.ts'
import { objectsOf, splitBuild } from '../render/documents.ts'
import { passThrough } from '../runtime/functions.ts'
import { type BuildOptions, openSession } from '../session.ts'
import { type Kustomization, readKustomization } from '../tree/kustomization.ts'

interface InitOptions extends BuildOptions {
  dryRun?: true
  namespace?: string
  policy?: string
  without: string[]
  output: Output
}

const SECTIONS = ['images', 'securityContext', 'replication', 'istio', 'networkPolicy']
const FOLDER = 'hardening'

export function initCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('init', finish)
    .summary('propose a policy for a kustomization that has none')
    .description(
      `Builds a kustomization as it is and writes a policy for it into ${FOLDER}/ next to it, for review: flows from the hosts that pods are given, from NetworkPolicies, Sidecars, monitors and exposed Services, and the images that have no digest yet. Names the policy under transformers, and changes nothing else. A second run adds only the flows that are new.`,
    )
    .argument('[dir]', 'folder with the kustomization.yaml that is deployed', '.')
    .option('--dry-run', 'print what would be written, as a patch, and write nothing')
    .option(
      '--without <section>',
      `section to leave out of the policy: ${SECTIONS.join(', ')}; repeatable`,
      (value: string, previous: string[]) => [...previous, requireSection(value)],
      [],
    )
    .option(
      '--namespace <name>',
      'namespace of objects that get theirs when they are applied; it is added to the kustomization',
    )
    .option('--policy <dir>', 'folder of a policy to layer on, such as that of the environment')
    .outputOption('what was written, and what to review')
    .imageOption()
    .examples(
      ['what would be written', 'krm-hardening init --dry-run deploy/production'],
      ['a policy on top of the environment’s', 'krm-hardening init --policy overlays/dev/hardening overlays/dev/shop'],
      ['a policy for a cluster that does not run Istio', 'krm-hardening init --without istio deploy/production'],
    )
    .runs(init)
}

function requireSection(value: string): string {
  if (!SECTIONS.includes(value)) throw new InvalidArgumentError(`expected one of ${SECTIONS.join(', ')}.`)
  return value
}

async function init(folder: string, options: InitOptions): Promise<ExitCode> {
  const path = requireStack(folder)
  // The plain build: nothing hardens it, even if it has a policy already.
  const session = openSession(options)
  nameForeignImages(path, session)
  const builder = session.builder(passThrough)
  const plan = await planOf(path, options, builder)
  if (!options.dryRun) writeAllOrNone(plan.changes)
  await report(plan, folder, options)
  return OK
}

async function planOf(path: string, options: InitOptions, builder: Builder): Promise<InitPlan> {
  const { planAgain, planInit } = await import('../init/plan.ts')
  const { hardenedStacks } = await import('../policy/policies.ts')
  const kustomization = requireKustomization(path)
  const target = join(path, FOLDER)
  const [stack] = await hardenedStacks(path, builder)
  if (!stack && existsSync(target))
    throw new Failure(
      `${display(target)} exists, and ${display(kustomization.file)} does not name it under transformers; nothing was written`,
    )
  if (stack && stack.folder !== kustomization.folder)
    throw new Failure(
      `${display(stack.folder)} names a policy among its transformers: run init on that folder; nothing was written`,
    )
  const policy = stack?.policies.find(({ kind }) => kind === 'Hardening')
  if (stack && !policy)
    throw new Failure(
      `${display(path)} has policies of single functions; init extends a policy of kind Hardening; nothing was written`,
    )
  const objects = objectsOf(splitBuild(await builder.build(path)))
  if (policy) return planAgain(objects, policy, target)
  const base = options.policy === undefined ? undefined : await baseOf(options.policy, builder)
  const sections = SECTIONS.filter(
    (section) => !options.without.includes(section) && (base === undefined || hasSection(base.policy, section)),
  )
  return planInit(objects, kustomization, target, { sections, namespace: options.namespace, base })
}

const hasSection = (policy: KubernetesObject, section: string): boolean =>
  valueAt(policy, ['spec', section]) !== undefined

/** The policy that a folder builds. Throws Failure (2) unless it is one Hardening. */
async function baseOf(folder: string, builder: Builder): Promise<{ folder: string; policy: KubernetesObject }> {
  const { policiesAt } = await import('../policy/policies.ts')
  const path = requireStack(folder)
  const [policy, another] = (await policiesAt(path, builder)).filter(({ kind }) => kind === 'Hardening')
  if (!policy || another)
    throw new Failure(
      `${display(path)}: found ${policy ? 'several policies' : 'no policy'} of kind Hardening, expected one`,
    )
  return { folder: path, policy }
}

/** The kustomization of a folder. Throws Failure (2) for one that is not built by itself. */
function requireKustomization(path: string): Kustomization {
  const kustomization = readKustomization(path) as Kustomization
  if (kustomization.fields.kind === 'Component')
    throw new Failure(
      `${display(kustomization.file)} is a Component; expected a Kustomization, which is built by itself`,
    )
  return kustomization
}

async function report(plan: InitPlan, folder: string, options: InitOptions): Promise<void> {
  const dryRun = options.dryRun === true
  const { changesAsPatch, initAsJson, initAsText } = await import('../report/init.ts')
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(initAsJson(plan, dryRun))}\n`)
  else if (!dryRun) process.stdout.write(initAsText(plan, folder, dryRun))
  else {
    process.stdout.write(changesAsPatch(plan.changes))
    process.stderr.write(initAsText(plan, folder, dryRun))
  }
}
