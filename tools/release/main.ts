import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { version } from '../../package.json'
import { IMAGES, type ImageName, isImageName } from './images.ts'
import { type Bom, type Bundle, packagesIn, sbomOf } from './sbom.ts'
import { tagsOf } from './tags.ts'

const USAGE = `Usage, from the top of the repository, after npm run build:
  node dist/release.cjs tags vX.Y.Z   the tags that the images of a release get, one a line
  node dist/release.cjs sbom IMAGE    what an image's bundles are made from, as CycloneDX: ${Object.keys(IMAGES).join(', ')}`

const output = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'inherit'] })

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

function tags(release: string): string {
  if (release !== `v${version}`)
    throw new Error(`${release}: package.json is of version ${version}, expected the tag v${version}`)
  return tagsOf(release, output('git', 'tag', '--list').split('\n'))
    .map((tag) => `${tag}\n`)
    .join('')
}

function sbom(image: ImageName): string {
  // Without --omit=dev, which leaves out what a development dependency needs too.
  const installed = JSON.parse(output('npm', 'sbom', '--sbom-format=cyclonedx', '--sbom-type=application')) as Bom
  return `${JSON.stringify(sbomOf(installed, image, IMAGES[image].map(bundle)))}\n`
}

function bundle(name: string): Bundle {
  const packages = packagesIn(json(`dist/${name}.meta.json`) as Metafile).map((folder) => {
    const { name, version } = json(join(folder, 'package.json')) as { name: string; version: string }
    return `${name}@${version}`
  })
  const sha256 = createHash('sha256')
    .update(readFileSync(`dist/${name}.cjs`))
    .digest('hex')
  return { name: `${name}.cjs`, sha256, packages }
}

function main([command, argument = '', ...rest]: readonly string[]): string {
  if (rest.length > 0) throw new Error(USAGE)
  if (command === 'tags' && argument !== '') return tags(argument)
  if (command === 'sbom' && isImageName(argument)) return sbom(argument)
  throw new Error(USAGE)
}

try {
  process.stdout.write(main(process.argv.slice(2)))
} catch (cause) {
  process.stderr.write(`${(cause as Error).message}\n`)
  process.exitCode = 2
}
