import { Command } from 'commander'
import { writeJson } from '../../functions/lib/yaml/canonical-yaml.ts'
import { type ExitCode, OK } from '../exit-code.ts'
import type { Builder } from '../kustomize/build.ts'
import { refuseSkippedFunctions } from '../policy/skipped.ts'
import { joinBuild, objectsOf } from '../render/documents.ts'
import { type Rendering, renderFolder } from '../render/environment.ts'
import { harden, passThrough } from '../runtime/functions.ts'
import { type BuildOptions, openSession, requireBuildable, type Session } from '../session.ts'
import { type Output, withExamples, withImageOption, withOutputOption } from './options.ts'

interface RenderOptions extends BuildOptions {
  diff?: true
  output: Output
}

export function renderCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('render')
    .summary('build hardened manifests')
    .description(
      'Builds a kustomization with its hardening functions and prints the manifests, as `kustomize build --enable-alpha-plugins` would with a container engine. None is needed: the functions are part of this program.',
    )
    .argument('[dir]', 'folder with a kustomization.yaml: a stack, or an environment that lists stacks', '.')
    .option('--diff', 'show what hardening changes, object by object, and print no manifests')
    .action(async (folder: string, options: RenderOptions) => finish(await render(folder, options)))
  withImageOption(withOutputOption(command, 'YAML, or unified diffs with --diff'))
  return withExamples(command, [
    ['the hardened manifests of an environment', 'krm-hardening render overlays/dev > dev.yaml'],
    ['of one stack, into the cluster', 'krm-hardening render overlays/dev/mimir | kubectl apply --server-side -f -'],
    ['what the policy changes, and what it adds', 'krm-hardening render --diff overlays/dev/mimir'],
    [
      'where the overlays name a mirrored copy of the image',
      'krm-hardening render --image registry.example.com/krm-hardening:v1 overlays/dev',
    ],
  ])
}

async function render(folder: string, options: RenderOptions): Promise<ExitCode> {
  const path = requireBuildable(folder)
  refuseSkippedFunctions(path)
  const session = openSession(options)
  const builder = session.builder(harden)
  if (options.diff) return renderDiff(path, builder, session, options.output)
  const rendering = await renderFolder(path, builder, onePiece(session))
  for (const { stderr } of rendering.builds) process.stderr.write(stderr)
  process.stdout.write(options.output === 'json' ? asList(rendering) : joinBuild(rendering.objects))
  return OK
}

async function renderDiff(path: string, builder: Builder, session: Session, output: Output): Promise<ExitCode> {
  const { diffObjects } = await import('../render/diff.ts')
  const { diffsAsText } = await import('../report/diff.ts')
  const plain = await renderFolder(path, session.builder(passThrough), () => {})
  const hardened = await renderFolder(path, builder, onePiece(session))
  const changes = diffObjects(plain.objects, hardened.objects)
  process.stdout.write(output === 'json' ? `${JSON.stringify(changes)}\n` : diffsAsText(changes))
  return OK
}

export const onePiece =
  ({ say }: Session) =>
  (why: string): void =>
    say(`building in one piece, because ${why}`)

const asList = ({ objects }: Rendering): string =>
  `${writeJson({ apiVersion: 'v1', kind: 'List', items: objectsOf(objects) })}\n`
