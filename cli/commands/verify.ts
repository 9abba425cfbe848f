import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { requireBuildable } from '../buildable.ts'
import { type FindingsOutput, type Finish, ProgramCommand } from '../command.ts'
import { display } from '../display.ts'
import { type ExitCode, Failure } from '../exit-code.ts'
import { isRepositoryForFlux } from '../flux/stacks.ts'
import type { Builder } from '../kustomize/build.ts'
import { nameForeignImages } from '../policy/skipped.ts'
import type { Verified } from '../policy/verify.ts'
import { objectsOf } from '../render/documents.ts'
import { onePiece, renderFolder } from '../render/environment.ts'
import { harden } from '../runtime/functions.ts'
import { type BuildOptions, openSession } from '../session.ts'
import { isFile, isFolder, readKustomization } from '../tree/kustomization.ts'

/** Verification needs the build of each stack anyway. */
const EACH_ALONE = 1

interface VerifyOptions extends BuildOptions {
  policy?: string
  output: FindingsOutput
}

export function verifyCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('verify', finish)
    .summary('prove that a rendering is hardened')
    .description(
      'Runs the policy in validate mode over a rendering. Every change that hardening would still make is a finding, so a build in which Kustomize skipped the functions, or a patch that undid them, does not pass.',
    )
    .argument(
      '[rendering]',
      'folder with a kustomization.yaml, a folder that render --output wrote, a file of manifests, or - for stdin',
      '.',
    )
    .option(
      '--policy <path>',
      'what the rendering must fulfil: the overlay it was made from, a folder that builds a policy, or a policy file; required for a file, for stdin and for a folder of renderings',
    )
    .findingsOutputOption('a line for each finding')
    .imageOption()
    .examples(
      ['every stack of an environment', 'krm-hardening verify overlays/dev'],
      ['what another program rendered', 'krm-hardening verify dev.yaml --policy overlays/dev'],
      ['the tree that Flux pulls', 'krm-hardening verify rendered --policy overlays/staging'],
      ['the same in a pipe', 'kubectl kustomize overlays/dev | krm-hardening verify - --policy overlays/dev'],
      ['any manifests, against one policy', 'helm template loki | krm-hardening verify - --policy policy.yaml'],
    )
    .runs(verify)
}

async function verify(target: string, options: VerifyOptions): Promise<ExitCode> {
  const isDirectory = target !== '-' && isFolder(target)
  const isBuildable =
    isDirectory &&
    (readKustomization(target) !== undefined || (options.policy === undefined && isRepositoryForFlux(resolve(target))))
  const policy = options.policy ?? (isBuildable ? target : undefined)
  if (policy === undefined)
    throw new Failure(
      `${target}${isDirectory ? ' has no kustomization.yaml' : ''}: --policy is needed to say what it must fulfil, such as --policy overlays/dev`,
    )
  for (const path of [target, policy])
    if (path !== '-' && !existsSync(path)) throw new Failure(`${path} is neither a folder nor a file`)
  const session = openSession(options)
  if (isBuildable) nameForeignImages(resolve(target), session)
  const builder = session.builder(harden)
  const { verifyRendering } = await import('../policy/verify.ts')
  const verified =
    isDirectory && !isBuildable
      ? await verifyTree(target, resolve(policy), builder)
      : await verifyRendering(
          isBuildable
            ? objectsOf((await renderFolder(resolve(target), builder, onePiece(session), EACH_ALONE)).objects)
            : await readRendering(target),
          resolve(policy),
          builder,
        )
  if (options.output !== 'sarif') return report(verified, options.output)
  const findings = verified.flatMap((stack) => stack.findings)
  const { exitCodeOf } = await import('../report/findings.ts')
  const { writeSarif } = await import('../report/write-sarif.ts')
  await writeSarif(resolve(isFolder(policy) ? policy : dirname(policy)), session, findings)
  return exitCodeOf(findings)
}

/** The objects of all files of an environment. Throws unless there is exactly one file for each stack. */
async function verifyTree(target: string, policy: string, builder: Builder): Promise<Verified[]> {
  const { readTree, readWholeTree } = await import('../rendered-tree/read.ts')
  const { verifyRendering } = await import('../policy/verify.ts')
  if (isFile(policy)) return verifyRendering(readWholeTree(target), policy, builder)
  const { objects, findings } = readTree(target, requireBuildable(policy))
  const verified = await verifyRendering(objects, policy, builder)
  if (findings.length === 0) return verified
  const stack = resolve(target)
  const ofFiles = findings.map((finding) => ({ stack, source: 'verify', finding }))
  return [...verified, { stack, objects: objects.length, findings: ofFiles }]
}

async function readRendering(target: string): Promise<KubernetesObject[]> {
  const { readObjects } = await import('../read-objects.ts')
  return target === '-'
    ? readObjects(await readAll(process.stdin), 'stdin')
    : readObjects(readFileSync(target, 'utf8'), target)
}

async function report(verified: readonly Verified[], output: 'text' | 'json'): Promise<ExitCode> {
  const { exitCodeOf, findingsAsResults, findingsAsText, hasErrors } = await import('../report/findings.ts')
  const findings = verified.flatMap((stack) => stack.findings)
  const ok = !hasErrors(findings)
  if (output === 'json') {
    const stacks = verified.map(({ stack, objects }) => ({ stack: display(stack), objects }))
    process.stdout.write(`${JSON.stringify({ ok, stacks, findings: findingsAsResults(findings) })}\n`)
  } else {
    process.stdout.write(findingsAsText(findings))
    for (const { stack, objects, findings: own } of verified) {
      const verdict = hasErrors(own) ? 'NOT hardened' : 'hardened'
      process.stdout.write(`${display(stack)}: ${verdict} (${objects} objects looked at)\n`)
    }
  }
  return exitCodeOf(findings)
}
