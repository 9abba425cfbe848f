import { resolve } from 'node:path'
import { Option } from 'commander'
import { writeJson } from '../../functions/lib/yaml/write-json.ts'
import { requireBuildable } from '../buildable.ts'
import { type FindingsOutput, type Finish, type Folder, isFormat, ProgramCommand } from '../command.ts'
import { display } from '../display.ts'
import { type ExitCode, Failure, OK } from '../exit-code.ts'
import { type Builder, BuildFailure, type Rendered } from '../kustomize/build.ts'
import { once } from '../lines.ts'
import { nameForeignImages, refuseSkippedFunctions } from '../policy/skipped.ts'
import { joinBuild, objectsOf, splitBuild } from '../render/documents.ts'
import { onePiece, type Rendering, renderEach, renderFolder } from '../render/environment.ts'
import { summaryOf } from '../report/summary.ts'
import { harden, passThrough } from '../runtime/functions.ts'
import { type BuildOptions, openSession, type Session } from '../session.ts'
import { stacksIn } from '../tree/stacks.ts'

interface RenderOptions extends BuildOptions {
  diff?: true
  since?: string
  output: FindingsOutput | Folder
}

export function renderCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('render', finish)
    .summary('build hardened manifests')
    .description(
      'Builds a kustomization with its hardening functions and prints the manifests, as `kustomize build --enable-alpha-plugins` would with a container engine. None is needed: the functions are part of this program. A summary goes to stderr. With a folder as output, each stack is a file of its own there, as Flux pulls it: STACK/ENVIRONMENT/manifests.yaml.',
    )
    .stackOrEnvironment()
    .option('--diff', 'show what hardening changes, object by object, and print no manifests')
    .addOption(
      new Option(
        '--since <revision>',
        'only the stacks that may build differently than at a revision of Git, each by itself',
      ).conflicts('diff'),
    )
    .findingsOrFolderOption('YAML, or unified diffs with --diff')
    .imageOption()
    .examples(
      ['the hardened manifests of an environment', 'krm-hardening render overlays/dev > dev.yaml'],
      ['of one stack, into the cluster', 'krm-hardening render overlays/dev/mimir | kubectl apply --server-side -f -'],
      ['what the policy changes, and what it adds', 'krm-hardening render --diff overlays/dev/mimir'],
      ['of the stacks that a branch changes', 'krm-hardening render --since main overlays/production'],
      ['one file per stack, into the tree that Flux pulls', 'krm-hardening render overlays/staging --output rendered'],
      ['what the functions report, at the files that it is about', 'krm-hardening render -o sarif overlays/dev'],
      [
        'if the overlays name a mirrored copy of the image',
        'krm-hardening render --image registry.example.com/krm-hardening:v1 overlays/dev',
      ],
    )
    .runs(render)
}

async function render(folder: string, options: RenderOptions): Promise<ExitCode> {
  const path = requireBuildable(folder)
  refuseSkippedFunctions(path)
  const session = openSession(options)
  nameForeignImages(path, session)
  const builder = session.builder(harden)
  const { output } = options
  if (!isFormat(output)) return renderTree(path, output.folder, options, builder, session)
  const renderWanted = async (): Promise<Rendering> =>
    options.since === undefined
      ? renderFolder(path, builder, onePiece(session))
      : renderEach(await changedStacks(stacksIn(path), options.since, session), builder)
  if (output === 'sarif') return renderSarif(path, renderWanted, session)
  if (options.diff) return renderDiff(path, builder, session, output)
  const rendering = await renderWanted()
  sayWhatWasDone(rendering)
  process.stdout.write(output === 'json' ? asList(rendering) : joinBuild(rendering.objects))
  return OK
}

function sayWhatWasDone(rendering: Rendering): void {
  process.stderr.write(once(rendering.builds.map(({ stderr }) => stderr).join('')))
  process.stderr.write(summaryOf(rendering))
}

/** Writes the rendering of each stack to its file in a tree, and prints which files changed. */
async function renderTree(
  path: string,
  target: string,
  options: RenderOptions,
  builder: Builder,
  session: Session,
): Promise<ExitCode> {
  if (options.diff) throw new Failure('--diff prints and writes no files; expected --output text or json with it')
  const { layoutOf } = await import('../tree/layout.ts')
  const { writeTree } = await import('../rendered-tree/write.ts')
  const layout = layoutOf(path)
  const all = [...layout.stacks.values()]
  const stacks = options.since === undefined ? all : await changedStacks(all, options.since, session)
  const rendering = await renderEach(stacks, builder)
  const objectsOfStack = new Map(
    stacks.map((stack, index) => [stack, splitBuild(rendering.builds[index]?.output ?? '')]),
  )
  const { written, unchanged, removed } = writeTree(resolve(target), layout, objectsOfStack)
  sayWhatWasDone(rendering)
  const lines = (what: string, files: readonly string[]): string =>
    files.map((file) => `${what} ${display(file)}\n`).join('')
  process.stdout.write(lines('wrote', written) + lines('unchanged', unchanged) + lines('removed', removed))
  return OK
}

/** The stacks whose build may differ from that at a revision. Says why for each. */
async function changedStacks(all: readonly string[], revision: string, { say }: Session): Promise<string[]> {
  const { changedSince } = await import('../tree/changed.ts')
  const changed = await changedSince(revision, all)
  say(`${changed.length} of ${all.length} stacks may differ from ${revision}`)
  for (const { folder, because } of changed) say(`${display(folder)}: ${because}`)
  return changed.map(({ folder }) => folder)
}

async function renderDiff(path: string, builder: Builder, session: Session, output: FindingsOutput): Promise<ExitCode> {
  const { diffObjects } = await import('../render/diff.ts')
  const { diffsAsText } = await import('../report/diff.ts')
  const plain = await renderFolder(path, session.builder(passThrough), () => {})
  const hardened = await renderFolder(path, builder, onePiece(session))
  const changes = diffObjects(plain.objects, hardened.objects)
  process.stdout.write(output === 'json' ? `${JSON.stringify(changes)}\n` : diffsAsText(changes))
  return OK
}

/** Prints what the functions report, whether they refuse the build or not. */
async function renderSarif(path: string, rendered: () => Promise<Rendering>, session: Session): Promise<ExitCode> {
  const { writeSarif } = await import('../report/write-sarif.ts')
  try {
    const { builds } = await rendered()
    await writeSarif(path, session, reportedIn(builds))
    return OK
  } catch (cause) {
    const findings = cause instanceof BuildFailure ? reportedIn(cause.failed) : []
    // Kustomize itself failed, which no finding reports.
    if (!(cause instanceof BuildFailure) || findings.length === 0) throw cause
    await writeSarif(path, session, findings)
    return cause.exitCode
  }
}

const reportedIn = (builds: readonly Rendered[]) =>
  builds.flatMap(({ folders: [stack = ''], calls }) =>
    calls.flatMap(({ reported }) => reported.map((one) => ({ stack, ...one }))),
  )

const asList = ({ objects }: Rendering): string =>
  `${writeJson({ apiVersion: 'v1', kind: 'List', items: objectsOf(objects) })}\n`
