import { resolve } from 'node:path'
import { Command } from 'commander'
import { type ExitCode, Failure, FINDINGS, OK, UNUSABLE } from '../exit-code.ts'
import { isFolder } from '../tree/kustomization.ts'
import { type Output, withExamples, withOutputOption } from './options.ts'

interface OutdatedOptions {
  only: string[]
  major?: true
  output: Output
}

export function outdatedCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('outdated')
    .summary('find newer versions of charts and images')
    .description(
      'Asks the registries and chart repositories for newer versions of every chart and image that a folder pins: in HelmReleases and OCIRepositories, manifests, values, kustomizations and the locks of policies. Prints the newest patch, minor and major of each, and the patch of the files. Lists tags through skopeo or crane, whichever it finds first, with the credentials that they have.',
    )
    .argument('[dir]', 'folder of the repository, of an environment or of a stack', '.')
    .option(
      '--only <name>',
      'only the chart or image of this name, or the chart of the HelmRelease; repeatable',
      (name: string, before: string[]) => [...before, name],
      [],
    )
    .option('--major', 'move to new majors too; otherwise they are only named')
    .action(async (folder: string, options: OutdatedOptions) => finish(await outdated(folder, options)))
  withOutputOption(command, 'what is outdated, and the patch of the files')
  return withExamples(command, [
    ['what is outdated, and what would change', 'krm-hardening outdated'],
    ['take over the patch of one chart', 'krm-hardening outdated --only cert-manager | git apply'],
  ])
}

/** Ends with 2 if something did not answer, because then nobody knows whether it is outdated; otherwise with 1 if something is. */
async function outdated(target: string, options: OutdatedOptions): Promise<ExitCode> {
  const folder = resolve(target)
  if (!isFolder(folder)) throw new Failure(`${target} is no folder; expected one with manifests`)
  const { sourceFilesOf } = await import('../outdated/source-files.ts')
  const { imagesOfLocks } = await import('../outdated/chart-locks.ts')
  const { movesOf, overviewOf } = await import('../outdated/outdated.ts')
  const { changesOf } = await import('../outdated/edits.ts')
  const { patchOf } = await import('../outdated/patch.ts')
  const { notAnsweredAsText, outdatedAsJson, outdatedAsText } = await import('../outdated/report.ts')
  const { documents, locks } = sourceFilesOf(folder)
  const rendered = await imagesOfLocks(locks)
  const overview = await overviewOf(documents, rendered, options.only, options.major ?? false)
  const patch = patchOf(changesOf(movesOf(overview.outdated)))
  process.stderr.write(notAnsweredAsText(overview.notAnswered))
  const report =
    options.output === 'json' ? `${JSON.stringify(outdatedAsJson(overview, patch))}\n` : outdatedAsText(overview, patch)
  process.stdout.write(report)
  if (overview.notAnswered.length > 0) return UNUSABLE
  return overview.outdated.length > 0 ? FINDINGS : OK
}
