import { statSync } from 'node:fs'
import { Command } from 'commander'
import { type ExitCode, Failure, FINDINGS, OK } from '../exit-code.ts'
import { writeWhole } from '../files.ts'
import { type Output, withExamples, withOutputOption } from './options.ts'

interface LockOptions {
  check?: boolean
  output: Output
}

export function lockCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('lock')
    .summary('write the digests of images into a policy')
    .description(
      'Asks the registries what images are now, and writes their digests into the lock of a policy (images.digests). Without images it renews every entry that has a tag, and pins what runs by its tag only until it is pinned. Asks through skopeo, crane or docker buildx, whichever is on PATH first, with the credentials that it has.',
    )
    .argument('<file>', 'policy, or patch of one, with the lock')
    .argument('[images...]', 'images as the manifests name them, such as grafana/mimir:3.0.0')
    .option('--check', 'write nothing; exit 1 where the lock does not have what the registries have')
    .action(async (file: string, images: string[], options: LockOptions) => finish(await lock(file, images, options)))
  withOutputOption(command, 'a line for each digest that differs')
  return withExamples(command, [
    ['pin what init found', 'krm-hardening lock deploy/shop/hardening/images.yaml'],
    ['one image more', 'krm-hardening lock overlays/hardening/images.yaml grafana/mimir:3.0.1'],
    ['has a tag moved since?', 'krm-hardening lock --check overlays/hardening/images.yaml'],
  ])
}

async function lock(
  path: string,
  images: readonly string[],
  { check = false, output }: LockOptions,
): Promise<ExitCode> {
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
