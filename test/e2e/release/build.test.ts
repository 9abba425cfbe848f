import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { version } from '../../../package.json'
import { IMAGES, isImageName } from '../../../tools/release/images.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { root } from '../../support/stacks.ts'
import { type Base, pushBases } from './lib/bases.ts'
import { type BuildKit, startBuildKit } from './lib/build-kit.ts'
import { type Descriptor, type File, Repository } from './lib/pushed.ts'

const images = Object.keys(IMAGES).filter(isImageName)

/** 2026-01-01, before any file of a checkout was written. */
const SOURCE_DATE_EPOCH = '1767225600'
const env = {
  VERSION: version,
  REVISION: '0123456789abcdef0123456789abcdef01234567',
  BUILDER: 'https://github.com/o/r/actions/runs/1/attempts/1',
  SOURCE_DATE_EPOCH,
}
const folder = mkdtempSync(join(tmpdir(), 'release-'))

let registry: Registry
let buildKit: BuildKit
let bases: Base[]
const digests: Record<string, string> = {}

/** As docker-bake.hcl says, but for the registry, and for the scanner, which is an image of a registry out of reach. */
function bake(...flags: string[]): Record<string, string> {
  const file = join(folder, 'metadata.json')
  const { target } = JSON.parse(buildKit.buildx(['bake', '--print', ...images])) as {
    target: Record<string, { output: Record<string, string>[] }>
  }
  const outputs = images.map((image) => {
    const output = { ...target[image]?.output[0], name: `${registry.address}/${image}` }
    const options = Object.entries(output).map(([key, value]) => `${key}=${value}`)
    return `${image}.output=${options.join()}`
  })
  const args = bases.map((base) => `${base.target}.args.${base.argument}=${base.reference}`)
  const set = ['*.attest=type=sbom,disabled=true', ...args, ...outputs].flatMap((value) => ['--set', value])
  buildKit.buildx(['bake', ...flags, '--metadata-file', file, ...set, ...images], { env })
  const metadata = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { 'containerimage.digest': string }>
  return Object.fromEntries(images.map((image) => [image, metadata[image]?.['containerimage.digest'] ?? '']))
}

beforeAll(async () => {
  buildKit = await startBuildKit()
  registry = await startRegistry([])
  bases = pushBases(registry.address, buildKit)
  Object.assign(digests, bake())
}, TIME_TO_BUILD)
afterAll(async () => {
  await buildKit.stop()
  await registry.stop()
  rmSync(folder, { recursive: true })
})

const nameOf = ({ platform }: Descriptor): string => `${platform?.os}/${platform?.architecture}`
const isImage = (descriptor: Descriptor): boolean => nameOf(descriptor) !== 'unknown/unknown'

describe.each(images)('the release of %s', (image) => {
  let repository: Repository
  let index: Descriptor[]
  let platforms: Descriptor[]
  beforeAll(async () => {
    repository = new Repository(registry.address, image)
    index = await repository.index(digests[image] ?? '')
    platforms = index.filter(isImage)
  })

  test('is pushed, and no tag names it', () => expect(repository.tags()).rejects.toThrow('404'))

  test('is of both architectures', async () => {
    expect(platforms.map(nameOf)).toEqual(['linux/amd64', 'linux/arm64'])
    const configs = await Promise.all(platforms.map(repository.config))
    expect(configs.map(({ architecture }) => `linux/${architecture}`)).toEqual(platforms.map(nameOf))
  })

  test('says what it is, from which commit', async () => {
    for (const { created, config } of await Promise.all(platforms.map(repository.config))) {
      expect(created).toBe('2026-01-01T00:00:00Z')
      expect(config.Labels).toMatchObject({
        'org.opencontainers.image.title': image,
        'org.opencontainers.image.version': env.VERSION,
        'org.opencontainers.image.revision': env.REVISION,
      })
    }
  })

  test('says of each architecture who built it, from what', async () => {
    const attestations = index.filter((descriptor) => !isImage(descriptor))
    expect(attestations).toHaveLength(platforms.length)
    const statements = await Promise.all(attestations.map(repository.statement))
    expect(statements.map(({ subject }) => subject.map(({ digest }) => `sha256:${digest.sha256}`))).toEqual(
      platforms.map(({ digest }) => [digest]),
    )
    const paths = bases.filter(({ target }) => target === image).map(({ reference }) => reference.split('/bases/')[1])
    expect(paths.length).toBeGreaterThan(1)
    for (const { predicateType, predicate } of statements) {
      expect(predicateType).toBe('https://slsa.dev/provenance/v1')
      const { externalParameters, resolvedDependencies } = predicate.buildDefinition
      expect(predicate.runDetails.builder.id).toBe(env.BUILDER)
      expect(externalParameters.request.args).toMatchObject({
        'build-arg:VERSION': env.VERSION,
        'build-arg:REVISION': env.REVISION,
      })
      expect(resolvedDependencies).toHaveLength(paths.length)
      for (const path of paths)
        expect(resolvedDependencies).toContainEqual({
          uri: expect.stringContaining(`/bases/${path?.replace(':', '@')}?`),
          digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        })
    }
  })

  describe('adds to its base', () => {
    const layers: string[][] = []
    let files: File[]
    beforeAll(async () => {
      // Each base is of one layer.
      for (const platform of platforms) layers.push((await repository.layers(platform)).slice(1))
      files = (await Promise.all((layers[0] ?? []).map((layer) => repository.files(layer)))).flat()
    })

    test('the same on every architecture', () => expect(layers[1]).toEqual(layers[0]))

    test('exactly the bundles that are built here', () => {
      for (const bundle of IMAGES[image]) {
        const found = files.find(({ path }) => path.endsWith(`/${bundle}.cjs`) || path === `${bundle}.cjs`)
        expect(found?.content === readFileSync(join(root, `dist/${bundle}.cjs`), 'latin1')).toBe(true)
      }
    })

    test('nothing that its user cannot read or could write', () => {
      const wrong = files.filter(
        ({ mode, owner }) => owner !== '0/0' || !/^(?:-r-[-x]r-[-x]r-[-x]|drwxr-xr-x)$/.test(mode),
      )
      expect(wrong.map(({ path, mode, owner }) => ({ path, mode, owner }))).toEqual([])
    })
  })
})

test('every image comes out the same a second time', async () => {
  const again = bake('--no-cache')
  for (const image of images) {
    const repository = new Repository(registry.address, image)
    const [first, second] = await Promise.all([digests[image] ?? '', again[image] ?? ''].map(repository.index))
    expect(again[image]).not.toBe(digests[image])
    expect(second?.filter(isImage)).toEqual(first?.filter(isImage))
  }
})
