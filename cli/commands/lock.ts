import { statSync } from 'node:fs'
import { requireBuildable } from '../buildable.ts'
import { type Finish, type Output, ProgramCommand } from '../command.ts'
import { type ExitCode, Failure, FINDINGS, OK } from '../exit-code.ts'
import { writeAllOrNone, writeWhole } from '../files.ts'
import type { Lockable } from '../lock/chart/releases.ts'
import { openSession } from '../session.ts'
import { isFile, isFolder } from '../tree/kustomization.ts'

interface LockOptions {
  check?: boolean
  chart?: string
  kubeVersion?: string
  apiVersions?: string[]
  targetNamespace?: string
  dryRun?: boolean
  output: Output
}

export function lockCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('lock', finish)
    .summary('write the digests of images into a policy')
    .description(
      'Asks the registries for the current digests of images and writes them into the lock of a policy (images.digests). Without images it renews every entry that has a tag, and pins the images that are not pinned yet. It asks through skopeo, crane or docker buildx, whichever it finds first, with the credentials that they have.',
    )
    .argument('[file]', 'policy, or patch of one, with the lock')
    .argument('[images...]', 'images as the manifests name them, such as grafana/mimir:3.0.0')
    .option('--check', 'write nothing; exit 1 if the lock differs from the registries')
    .option(
      '--chart <path>',
      'lock what the charts of HelmReleases render, through helm: of those in a file, or of those that a folder builds, with the values of its overlays',
    )
    .option(
      '--kube-version <version>',
      'version of Kubernetes that charts are rendered for (default: the one of the lock, or 1.32.0)',
    )
    .option(
      '--api-versions <versions>',
      'APIs that the cluster has besides those of Kubernetes, separated by commas, for charts that ask, such as monitoring.coreos.com/v1 (default: those of the lock)',
      (text: string) => text.split(',').filter((version) => version !== ''),
    )
    .option('--target-namespace <name>', 'namespace that the Flux Kustomization gives objects that name none')
    .option('--dry-run', 'with --chart: print the locks and write nothing')
    .outputOption('a line for each digest that differs')
    .examples(
      ['pin what init found', 'krm-hardening lock deploy/shop/hardening/images.yaml'],
      ['add one image', 'krm-hardening lock overlays/hardening/images.yaml grafana/mimir:3.0.1'],
      ['what a chart renders', 'krm-hardening lock --chart base/cert-manager/controllers/release.yaml'],
      ['what all charts of an environment render, with its values', 'krm-hardening lock --chart overlays/staging'],
      ['has a tag moved since?', 'krm-hardening lock --check overlays/hardening/images.yaml'],
    )
    .runs(lock)
}

const lock = (file: string | undefined, images: string[], options: LockOptions): Promise<ExitCode> =>
  options.chart === undefined ? lockPolicy(file, images, options) : lockChart(options.chart, options)

async function lockChart(path: string, options: LockOptions): Promise<ExitCode> {
  const { lockCharts } = await import('../lock/chart/lock.ts')
  const { chartLocksAsJson, chartLocksAsText } = await import('../report/chart-lock.ts')
  const { kubeVersion, apiVersions } = options
  const cluster = { ...(kubeVersion && { kubernetes: kubeVersion }), ...(apiVersions && { apiVersions }) }
  const locked = await lockCharts(await releasesAt(path, options.targetNamespace), cluster)
  const changed = locked.filter(({ before, after }) => before !== after)
  if (!options.check && !options.dryRun) writeAllOrNone(changed)
  const report = options.output === 'json' ? `${JSON.stringify(chartLocksAsJson(locked))}\n` : chartLocksAsText(locked)
  if (options.dryRun) {
    process.stdout.write(locked.map(({ after }) => after).join('---\n'))
    process.stderr.write(report)
  } else process.stdout.write(report)
  return options.check && changed.length > 0 ? FINDINGS : OK
}

/** The HelmReleases of a file, or of what a folder builds. */
async function releasesAt(path: string, targetNamespace: string | undefined): Promise<Lockable[]> {
  const { releasesOfFile, releasesOfFolder } = await import('../lock/chart/releases.ts')
  if (isFile(path)) return releasesOfFile(path, targetNamespace)
  if (!isFolder(path)) throw new Failure(`${path}: found no such file or folder, expected one with a HelmRelease`)
  const { passThrough } = await import('../runtime/functions.ts')
  return releasesOfFolder(requireBuildable(path), openSession({ image: [] }).builder(passThrough), targetNamespace)
}

async function lockPolicy(
  path: string | undefined,
  images: readonly string[],
  { check = false, output }: LockOptions,
): Promise<ExitCode> {
  if (path === undefined)
    throw new Failure('found no file, expected a policy with the lock, or --chart and a file with a HelmRelease')
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Failure(`${path}: found no such file, expected a policy`)
  const { readLockFile } = await import('../lock/lock-file.ts')
  const { planLock } = await import('../lock/plan.ts')
  const { withDigests } = await import('../lock/write.ts')
  const { lockAsJson, lockAsText } = await import('../report/lock.ts')
  const file = readLockFile(path)
  const locked = await planLock(file, images)
  const changed = locked.filter(({ before, now }) => before !== now)
  const text = await withDigests(file, new Map(locked.map(({ reference, now }) => [reference, now])))
  if (!check && text !== file.text) writeWhole(path, text)
  process.stdout.write(output === 'json' ? `${JSON.stringify(lockAsJson(locked, check))}\n` : lockAsText(locked, check))
  return check && changed.length > 0 ? FINDINGS : OK
}
