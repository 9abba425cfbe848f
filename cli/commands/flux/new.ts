import { type Finish, ProgramCommand } from '../../command.ts'
import { display } from '../../display.ts'
import { type ExitCode, Failure, FINDINGS, OK } from '../../exit-code.ts'
import { writeAllOrNone } from '../../files.ts'
import { requireFolder } from '../../flux/start.ts'
import type { LockedChart } from '../../lock/chart/lock.ts'
import type { Lockable } from '../../lock/chart/releases.ts'
import { openSession } from '../../session.ts'

interface FluxNewOptions {
  chart?: string
  chartVersion?: string
}

export function fluxNewCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('new', finish)
    .summary('add an app that follows the conventions of the repository')
    .description(
      'Writes apps/NAMESPACE/APP/ks.yaml and app/, the namespace if it is new, and its entry in the kustomizations that list it. Writes everything or nothing, and changes no file of another app. Where the others are hardened, this one is too: its chart is locked through helm, or else the command that does so is named, and the exit code is 1.',
    )
    .argument('<app>', 'NAMESPACE/APP')
    .argument('[dir]', 'folder of the repository, or of one cluster in it', '.')
    .option('--chart <url>', 'chart to install, as oci://…; needs --chart-version')
    .option('--chart-version <version>', 'its exact version')
    .examples(
      ['an empty app', 'krm-hardening flux new media/films'],
      [
        'with a chart',
        'krm-hardening flux new media/films --chart oci://ghcr.io/example/charts/app --chart-version 4.0.1',
      ],
    )
    .runs(create)
}

async function create(app: string, target: string, { chart, chartVersion }: FluxNewOptions): Promise<ExitCode> {
  const folder = requireFolder(target)
  if ((chart === undefined) !== (chartVersion === undefined))
    throw new Failure('expected --chart and --chart-version together, or neither')
  const { parseApp, planOf } = await import('../../flux/new.ts')
  const version = chartVersion === undefined ? {} : { version: chartVersion }
  const plan = planOf({ ...parseApp(app), ...(chart !== undefined && { chart }), ...version }, folder)
  const lock = plan.lockable && (await lockOf(plan.lockable))
  const isLocked = lock !== undefined && !(lock instanceof Failure)
  const changes = [...plan.changes, ...(isLocked ? [{ file: lock.file, before: undefined, after: lock.after }] : [])]
  writeAllOrNone(changes)
  for (const { file, before } of changes)
    process.stdout.write(`${before === undefined ? 'wrote' : 'changed'} ${display(file)}\n`)
  if (lock === undefined) return OK
  const { say } = openSession({ image: [] })
  if (!isLocked) {
    const { from, targetNamespace = '' } = plan.lockable as Lockable
    say(`${lock.message}\nnext: krm-hardening lock --chart ${display(from)} --target-namespace ${targetNamespace}`)
    return FINDINGS
  }
  const lacking = await unlocked(lock.images, plan.policy ?? folder)
  if (!lacking) return OK
  say(
    `the chart brings images without a digest\nnext: krm-hardening lock ${display(lacking.file)} ${lacking.images.join(' ')}`,
  )
  return FINDINGS
}

/** The lock of the new release, or why it cannot be made here and now. */
async function lockOf(lockable: Lockable): Promise<LockedChart | Failure> {
  const { lockRelease, requireRelease } = await import('../../lock/chart/lock.ts')
  try {
    return await lockRelease(requireRelease(lockable), lockable.file, {})
  } catch (cause) {
    if (cause instanceof Failure) return cause
    throw cause
  }
}

async function unlocked(images: readonly string[], policy: string) {
  const { unlockedAmong } = await import('../../outdated/apply.ts')
  const { documentsOfFile } = await import('../../outdated/tree/source-files.ts')
  const { yamlFiles } = await import('../../flux/manifests.ts')
  return unlockedAmong(images, yamlFiles(policy).flatMap(documentsOfFile))
}
