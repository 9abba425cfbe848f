import { posix } from 'node:path'
import type { Entry } from '../../functions/flux-conventions/tree/tree.ts'
import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import { type Fields, isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

/**
 * A Kustomization of an ExternalArtifact as it would be if it built the same folder from the source that the artifact is cut
 * from. Any other one as it is, and one whose folder an ArtifactGenerator does not copy with all below it. Source:
 * https://fluxcd.io/flux/components/source/artifactgenerators/#copy-operations
 */
export function asOfSource(kustomization: KubernetesObject, entries: readonly Entry[]): KubernetesObject {
  if (textAt(kustomization, 'spec', 'sourceRef', 'kind') !== 'ExternalArtifact') return kustomization
  const name = textAt(kustomization, 'spec', 'sourceRef', 'name')
  const wanted = pathIn(textAt(kustomization, 'spec', 'path') ?? '.')
  const copies = entries
    .filter(({ object }) => isKind(object, 'source.extensions.fluxcd.io', 'ArtifactGenerator'))
    .flatMap(({ object: generator }) =>
      listAt(generator, 'spec', 'artifacts')
        .filter((artifact) => artifact.name === name)
        .flatMap((artifact) => listAt(artifact, 'copy'))
        .map((copy) => ({ generator, copy })),
    )
  for (const { generator, copy } of copies) {
    const from = /^@([^/]+)\/(.*?)\/?\*\*$/.exec(textAt(copy, 'from') ?? '')
    const to = /^@artifact(?:\/(.*))?$/.exec(textAt(copy, 'to') ?? '')
    const source = listAt(generator, 'spec', 'sources').find(({ alias }) => alias === from?.[1])
    if (!from || !to || !source) continue
    const rest = posix.relative(pathIn(to[1] ?? '.'), wanted)
    if (!rest.startsWith('..'))
      return {
        ...kustomization,
        spec: { ...(kustomization.spec as Fields), sourceRef: source, path: posix.join(pathIn(from[2] ?? '.'), rest) },
      } as KubernetesObject
  }
  return kustomization
}

const pathIn = (written: string): string => posix.normalize(`./${written}`)
