import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { version } from '../../../package.json'
import { IMAGES, type ImageName, isImageName } from '../../../tools/release/images.ts'
import { packagesIn, sbomOf } from '../../../tools/release/sbom.ts'

const root = join(__dirname, '../../..')

interface Written {
  bomFormat: string
  specVersion: string
  metadata: { component: { name: string; version: string; components: unknown[] } }
  components: { name: string; version: string; purl: string; hashes: unknown[]; licenses: unknown[] }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

// This list decides what goes into the images: every package is one more to trust.
const FUNCTIONS = ['fastest-levenshtein', 'js-yaml', 'yaml', 'zod'] as const
const PACKAGES = {
  'krm-hardening': FUNCTIONS,
  'krm-hardening-argocd': [
    'commander',
    'diff',
    'p-limit',
    'picocolors',
    'semver',
    'yocto-queue',
    ...FUNCTIONS,
  ].toSorted(),
} as const satisfies Record<ImageName, readonly string[]>

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version: string }>
}
const locked = (name: string): string => `${name}@${lock.packages[`node_modules/${name}`]?.version}`

describe.each(Object.keys(IMAGES).filter(isImageName))('the bill of materials of %s', (image) => {
  let sbom: Written
  beforeAll(() => {
    const text = execFileSync('node', ['dist/release.cjs', 'sbom', image], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    })
    expect(text.trimEnd()).not.toContain('\n')
    sbom = JSON.parse(text)
  })

  test('lists what is in its bundles and nothing else, at the version that is locked', () => {
    expect(sbom.components.map(({ purl }) => purl)).toEqual(PACKAGES[image].map((name) => `pkg:npm/${locked(name)}`))
  })

  test('says of each its licence and the digest of what the registry gave', () => {
    for (const component of sbom.components)
      expect(component).toMatchObject({
        licenses: [expect.anything()],
        hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[a-f0-9]{128}$/) }],
      })
  })

  test('names the bundles by their digests', () => {
    const components = IMAGES[image].map((name) => {
      const content = createHash('sha256')
        .update(readFileSync(join(root, `dist/${name}.cjs`)))
        .digest('hex')
      return { type: 'file', name: `${name}.cjs`, hashes: [{ alg: 'SHA-256', content }] }
    })
    expect(sbom.metadata.component).toMatchObject({ type: 'application', name: image, version, components })
  })

  test('is CycloneDX whose references all resolve', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' })
    const refs = [`krm-hardening@${version}`, ...PACKAGES[image].map(locked)]
    expect(sbom.dependencies.map(({ ref }) => ref).sort()).toEqual(refs.sort())
    expect(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([])
  })
})

const metafile = (inputs: Record<string, number>): Metafile =>
  ({
    inputs: {},
    outputs: {
      'dist/x.cjs': {
        inputs: Object.fromEntries(Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
      },
    },
  }) as unknown as Metafile

describe('what is in a bundle', () => {
  test('is recognised by the bytes that are left of it', () => {
    const bundle = metafile({
      'functions/main.ts': 10,
      'node_modules/yaml/dist/index.js': 10,
      'node_modules/yaml/dist/other.js': 10,
      'node_modules/dropped/index.js': 0,
      'node_modules/@scope/one/index.js': 1,
      'node_modules/a/node_modules/b/index.js': 1,
    })
    expect(packagesIn(bundle)).toEqual([
      'node_modules/@scope/one',
      'node_modules/a/node_modules/b',
      'node_modules/yaml',
    ])
  })

  test('is refused if npm does not list it', () => {
    const installed = { metadata: { component: { 'bom-ref': 'x@1', name: 'x' } }, components: [], dependencies: [] }
    const bundle = { name: 'x.cjs', sha256: '', packages: ['stray@1.0.0'] }
    expect(() => sbomOf(installed, 'x', [bundle])).toThrow('stray@1.0.0 is in a bundle, and npm sbom does not list it')
  })
})
