import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IMAGE_REPOSITORY } from '../../../functions/lib/runner/published-image.ts'
import { IMAGES } from '../../../tools/release/images.ts'

const root = join(__dirname, '../../..')
const bake = readFileSync(join(root, 'docker-bake.hcl'), 'utf8')
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')

const blockOf = (header: string): string => {
  const block = new RegExp(`^${header} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(bake)?.[1]
  if (block === undefined) throw new Error(`docker-bake.hcl: expected ${header}`)
  return block
}

test('bake gives the Dockerfile the arguments that it has, from variables that have a default', () => {
  const args = [...blockOf('target "image"').matchAll(/^ {4}(\w+) += (\w+)$/gm)]
  expect(args.map(([, name]) => name)).toEqual(['VERSION', 'REVISION'])
  for (const [, name, variable] of args) {
    expect(dockerfile).toMatch(new RegExp(`^ARG ${name}=`, 'm'))
    expect(blockOf(`variable "${variable}"`)).toMatch(/^ {2}default = "\w+"$/m)
  }
})

test('a release is for both architectures, with provenance, and has no tag before it is signed', () => {
  const release = blockOf('target "release"')
  expect(release).toContain('platforms = ["linux/amd64", "linux/arm64"]')
  expect(release).toContain('"type=provenance,mode=max,')
  expect(release).toMatch(/"type=sbom,generator=\S+:[\d.]+@sha256:[0-9a-f]{64}"/)
  const owner = IMAGE_REPOSITORY.replace(/\/[^/]*$/, '')
  for (const image of Object.keys(IMAGES)) {
    const target = blockOf(`target "${image}"`)
    expect(target).toContain('"release"')
    expect(target).toContain(`type=image,name=${owner}/${image},push=true,push-by-digest=true`)
    const file = /dockerfile += "(.*)"/.exec(target)?.[1] ?? 'Dockerfile'
    expect(readFileSync(join(root, file), 'utf8')).toContain(`image.title="${image}"`)
  }
  for (const target of ['image', 'release', ...Object.keys(IMAGES)])
    expect(blockOf(`target "${target}"`)).not.toContain('tags')
})

test('the workflow releases every image, and signs and attests before it tags', () => {
  const workflow = readFileSync(join(root, '.github/workflows/release.yaml'), 'utf8')
  const names = Object.keys(IMAGES)
  expect(workflow).toContain(`image: [${names.join(', ')}]\n`)
  expect(workflow).toContain(`for image in ${names.join(' ')}; do\n`)
  for (const image of names) expect(workflow).toContain(`sbom-${image}: `)
  const steps = ['bake --metadata-file metadata.json', 'cosign sign', 'cosign attest', 'imagetools create']
  const places = steps.map((step) => workflow.indexOf(step))
  expect(places).not.toContain(-1)
  expect(places).toEqual([...places].sort((a, b) => a - b))
})
