import { removeFolders, tree } from '../../lib/command-line.ts'
import { withRegistry } from './registry.ts'

export const NEW = `sha256:${'a'.repeat(64)}`
export const OLD = `sha256:${'0'.repeat(64)}`

/** Tags by repository, as the stand-in for crane answers; every digest is the same. */
const TAGS: Readonly<Record<string, string[]>> = {
  'quay.io/acme/charts/shop': ['v1.2.3', 'v1.2.4', 'v1.3.0', 'v2.0.0-rc.1', 'v2.0.0'],
  'quay.io/acme/fleet/apps': ['1.0.0', '1.0.1'],
  'ghcr.io/acme/helm/blog': ['4.0.1', '4.1.0_build.7'],
  'quay.io/acme/web-next': ['1.4.1', '1.5.0', '1.6.0'],
  'quay.io/acme/web': ['1.4.1', '1.4.2', '1.5.0', '2.0.0', '1.5.0-alpine', 'latest'],
  'quay.io/acme/filtered': [
    ...['release-1.0.0', 'release-1.2.0', 'release-2.0.0', 'main-aa-100', 'main-bb-200', 'main-cc-300'],
    ...['bullseye', 'bookworm', 'trixie'],
  ],
  nginx: ['1.27', '1.27.1', '1.28', '1.27-alpine'],
}

export const { outdated, patched } = withRegistry(TAGS, [
  `'digest '*) echo ${NEW};;`,
  '*) echo "GET https://robot:secret@quay.io/v2/token?token=abcdef: denied" >&2; exit 1;;',
])

afterAll(removeFolders)

interface Said {
  ok: boolean
  pins: number
  outdated: {
    name: string
    kind: string
    version: string
    newest: object
    to: string
    level: string
    patch: string
    places: { file: string; line: number; field: string }[]
  }[]
  notAnswered: { asked: string; reason: string }[]
  notCompared: { file: string; found: string; why: string }[]
  patch: string
}
export async function saidOf(files: Readonly<Record<string, string>>, ...args: string[]): Promise<Said> {
  const { stdout } = await outdated(tree(files), '--output', 'json', ...args)
  return JSON.parse(stdout) as Said
}

export const source = (ref: string, url = 'oci://quay.io/acme/charts/shop'): string => `# Where the shop comes from.
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: shop
spec:
  url: ${url}
  ref:
${ref}`
export const RELEASE = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop}
spec:
  chartRef: {kind: OCIRepository, name: shop}
`
export const helmRelease = (version: string, chart = 'blog'): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: blog}
spec:
  chart:
    spec:
      chart: ${chart}
      version: ${version} # by hand
      sourceRef: {kind: HelmRepository, name: charts, namespace: flux-system}
`
export const repository = (address: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts}
spec:
  url: ${address}
`
