import { joinBuild } from '../../../cli/render/documents.ts'
import { renderFolder } from '../../../cli/render/environment.ts'
import { harden } from '../../../cli/runtime/functions.ts'
import { builderWith } from '../../support/builder.ts'
import { kustomizeBuild } from './command-line.ts'

/** A kustomization that lists folders. */
export const list = (...folders: string[]): string => `resources: [${folders.join(', ')}]\n`
export const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`

/** What a folder builds in one piece by Kustomize, and stack by stack, with the reason if that was not done. */
export async function both(path: string) {
  let inOnePiece: string | undefined
  const expected = await kustomizeBuild(path)
  const rendering = await renderFolder(path, builderWith(harden), (why) => (inOnePiece = why), 1)
  return { expected, actual: joinBuild(rendering.objects), inOnePiece }
}
