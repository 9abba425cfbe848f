import { resolve } from 'node:path'
import { type Finish, type Output, ProgramCommand } from '../command.ts'
import { display } from '../display.ts'
import { type ExitCode, Failure, FINDINGS, OK, UNUSABLE } from '../exit-code.ts'
import type { Outdated } from '../outdated/overview.ts'
import type { SourceDocument } from '../outdated/tree/source-files.ts'
import { openSession } from '../session.ts'
import { isFolder } from '../tree/kustomization.ts'

interface OutdatedOptions {
  only: string[]
  major?: boolean
  /** False with --no-changes. */
  changes: boolean
  apply?: true
  output: Output
}

export function outdatedCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('outdated', finish)
    .summary('find newer versions of charts and images')
    .description(
      'Asks the registries and chart repositories for newer versions of every chart and image that a folder pins: in HelmReleases, OCIRepositories and helmCharts, manifests, values, patches, kustomizations and the locks of policies. Prints the newest patch, minor and major of each, what a chart changes for its releases, and the patch of the files. Lists tags through skopeo or crane, or with the credentials of docker, whichever it finds first.',
    )
    .argument('[dir]', 'folder of the repository, of an environment or of a stack', '.')
    .option(
      '--only <name>',
      'only the chart or image of this name, or the chart of the HelmRelease; repeatable',
      (name: string, before: string[]) => [...before, name],
      [],
    )
    .option('--major', 'move to new majors too, which are otherwise only named')
    .option('--no-changes', 'only versions: do not pull charts to see what they change, which needs helm')
    .option('--apply', 'write what the patch says, and renew the locks of charts')
    .outputOption('what is outdated, and the patch of the files')
    .examples(
      ['what is outdated, and what would change', 'krm-hardening outdated'],
      ['what the next major of a chart would change', 'krm-hardening outdated --major --only cert-manager'],
      ['move everything but majors, and renew the locks', 'krm-hardening outdated --apply'],
      ['apply the patch of one chart', 'krm-hardening outdated --only cert-manager | git apply'],
    )
    .runs(outdated)
}

/**
 * Ends with 2 if something did not answer, because then nobody knows whether it is outdated. Otherwise with 1 if something is,
 * or, of what --apply was to move, stays.
 */
async function outdated(target: string, options: OutdatedOptions): Promise<ExitCode> {
  const folder = resolve(target)
  if (!isFolder(folder)) throw new Failure(`${target} is no folder; expected one with manifests`)
  if (options.apply && !options.changes)
    throw new Failure('expected --apply or --no-changes, not both: locks are renewed from what charts render')
  const { applicableOf, movesOf } = await import('../outdated/outdated.ts')
  const { changesOf } = await import('../outdated/pins/edits.ts')
  const { patchOf } = await import('../outdated/patch.ts')
  const report = await import('../outdated/report.ts')
  const { overview, documents } = await look(folder, options)
  const patch = patchOf(changesOf(movesOf(overview.outdated)))
  process.stderr.write(report.notAnsweredAsText(overview.notAnswered))
  process.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify(report.outdatedAsJson(overview, patch))}\n`
      : report.outdatedAsText(overview, patch),
  )
  const applied = applicableOf(overview.outdated)
  if (options.apply) {
    await write(applied, documents)
    process.stderr.write(report.notAppliedAsText(overview.outdated))
  }
  if (overview.notAnswered.length > 0) return UNUSABLE
  const isLeft = (one: Outdated): boolean => options.apply === undefined || (one.isProposed && !applied.includes(one))
  return overview.outdated.some(isLeft) ? FINDINGS : OK
}

async function look(folder: string, { only, major = false, changes }: OutdatedOptions) {
  const { sourceFilesOf } = await import('../outdated/tree/source-files.ts')
  const { imagesOfLocks, locksIn } = await import('../outdated/changes/chart-locks.ts')
  const { overviewOf } = await import('../outdated/outdated.ts')
  const { withChanges } = await import('../outdated/chart-changes.ts')
  const { passThrough } = await import('../runtime/functions.ts')
  const files = sourceFilesOf(folder)
  const locks = locksIn(files.locks)
  const overview = await overviewOf(files.documents, await imagesOfLocks(locks), only, major)
  const plain = openSession({ image: [] }).builder(passThrough)
  return { documents: files.documents, overview: changes ? await withChanges(overview, locks, plain) : overview }
}

async function write(moved: readonly Outdated[], documents: readonly SourceDocument[]): Promise<void> {
  const { apply, unlockedImages } = await import('../outdated/apply.ts')
  const { say } = openSession({ image: [] })
  for (const { file } of apply(moved)) say(`wrote ${display(file)}`)
  const lacking = unlockedImages(moved, documents)
  if (lacking)
    say(
      `the charts bring images without a digest: krm-hardening lock ${display(lacking.file)} ${lacking.images.join(' ')}`,
    )
}
