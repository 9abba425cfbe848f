import { listAt, textAt } from '../../lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Entry, FLUX, type Tree } from './tree.ts'

/** A reference to a source. */
export interface SourceReference {
  path: string
  kind: string
  name: string
  /** As written; a reference without one means the object's own namespace. */
  namespace: string | undefined
}

const IMAGE = 'image.toolkit.fluxcd.io'

/** Where an object names a source, and the kind of source if the field implies it. */
function* fieldsOf(object: KubernetesObject): Generator<[path: string[], kind?: string]> {
  if (isKind(object, FLUX.Kustomization, 'Kustomization')) yield [['spec', 'sourceRef']]
  if (isKind(object, FLUX.HelmRelease, 'HelmRelease')) {
    yield [['spec', 'chartRef']]
    yield [['spec', 'chart', 'spec', 'sourceRef']]
  }
  if (isKind(object, 'source.toolkit.fluxcd.io', 'HelmChart')) yield [['spec', 'sourceRef']]
  if (isKind(object, IMAGE, 'ImageUpdateAutomation')) yield [['spec', 'sourceRef']]
}

/** The sources that an object names. */
export function sourceReferencesOf({ object }: Entry): SourceReference[] {
  return [...fieldsOf(object)].flatMap(([path]) => {
    const reference = valueAt(object, path)
    const [kind, name] = [textAt(reference, 'kind'), textAt(reference, 'name')]
    return kind && name ? [{ path: path.join('.'), kind, name, namespace: textAt(reference, 'namespace') }] : []
  })
}

/** What `flux bootstrap` and the operator of Flux call the source of the repository itself, which need not be in it. */
const BOOTSTRAP = { name: 'flux-system', namespace: 'flux-system' }

/** Does an ArtifactGenerator make it? Source: https://fluxcd.io/flux/components/source/artifactgenerators/ */
const isGenerated = (tree: Tree, name: string, namespace: string | undefined): boolean =>
  tree
    .of(['source.extensions.fluxcd.io', 'ArtifactGenerator'])
    .some(
      (entry) =>
        (entry.namespace === undefined || namespace === undefined || entry.namespace === namespace) &&
        listAt(entry.object, 'spec', 'artifacts').some((artifact) => artifact.name === name),
    )

/** Is there such a source: in the tree, or as the one from which Flux reads the tree? */
export function hasSource(tree: Tree, { kind, name }: SourceReference, namespace: string | undefined): boolean {
  if (tree.findSource(kind, name, namespace) || tree.mayHave(kind, name)) return true
  if (kind === 'ExternalArtifact' && isGenerated(tree, name, namespace)) return true
  if (name === BOOTSTRAP.name && (namespace ?? BOOTSTRAP.namespace) === BOOTSTRAP.namespace) return true
  return [...(tree.repository?.roots ?? [])].some((root) =>
    sourceReferencesOf(root).some(
      (own) => own.kind === kind && own.name === name && (own.namespace ?? root.namespace) === namespace,
    ),
  )
}
