import type { Metafile } from 'esbuild'

/** What this reads of a CycloneDX document as `npm sbom` writes it. Source: https://cyclonedx.org/docs/1.5/json/ */
export interface Bom {
  metadata: { component: Component }
  components: readonly Component[]
  dependencies: readonly { ref: string; dependsOn?: readonly string[] }[]
}

interface Component {
  /** `name@version`. */
  'bom-ref': string
  name: string
}

/** A file that esbuild wrote. */
export interface Bundle {
  /** Its name in the image. */
  name: string
  /** In hex. */
  sha256: string
  /** `name@version` of the packages whose code is in it. */
  packages: readonly string[]
}

/** The folders of the packages whose code is in a bundle, such as `node_modules/yaml`. What tree shaking dropped is not there. */
export function packagesIn({ outputs }: Metafile): string[] {
  const [output, another] = Object.values(outputs)
  if (output === undefined || another !== undefined) throw new Error('expected a bundle of one file')
  const folders = Object.entries(output.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
    .filter((folder) => folder !== undefined)
  return [...new Set(folders)].sort()
}

/**
 * The software bill of materials of an image: of everything that npm knows to be installed, what its bundles hold.
 * `installed` is what `npm sbom` says. Throws for a package that npm does not list.
 */
export function sbomOf<Given extends Bom>(installed: Given, image: string, bundles: readonly Bundle[]): Given {
  const { component } = installed.metadata
  const packages = [...new Set(bundles.flatMap((bundle) => bundle.packages))].sort()
  const refs = new Set([component['bom-ref'], ...packages])
  const files = bundles.map(({ name, sha256 }) => ({
    type: 'file',
    name,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  }))
  return {
    ...installed,
    // npm names it by the folder that it happens to be in.
    metadata: { ...installed.metadata, component: { ...component, name: image, components: files } },
    components: packages.map((ref) => componentOf(ref, installed)),
    dependencies: installed.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) })),
  }
}

function componentOf(ref: string, { components }: Bom): Component {
  const found = components.find((component) => component['bom-ref'] === ref)
  if (found === undefined) throw new Error(`${ref} is in a bundle, and npm sbom does not list it`)
  return found
}
