import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { PUBLISHED_IMAGE } from '../functions/lib/runner/published-image.ts'
import { generate } from '../tools/generate/schemas-and-readmes.ts'

const root = join(__dirname, '..')

// Schema, type, defaults and documentation come from one zod object: `npm run update` writes them.
describe('the files generated from the schemas are up to date', () => {
  test.each([...generate(root)])('%s', (path, content) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(content)
  })
})

describe('the published image', () => {
  // Tests and examples may name other versions.
  const files = execFileSync('git', ['ls-files', ':!test', ':!functions/*/examples', ':!**/*.test.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const mentions = files
    .trim()
    .split('\n')
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return [...text.matchAll(/[\w.-]+\/[\w.-]+\/krm-hardening(?:-argocd)?:v[\w.-]*\w/g)].map(([image]) => ({
        file,
        image,
      }))
    })

  test('is the same wherever it is named, at the version of the package', () => {
    expect(mentions.length).toBeGreaterThan(10)
    const mirrored = PUBLISHED_IMAGE.replace(/^.*\//, 'registry.example.com/mirror/')
    const known = [PUBLISHED_IMAGE, PUBLISHED_IMAGE.replace(':', '-argocd:'), mirrored]
    expect(mentions.filter(({ image }) => !known.includes(image))).toEqual([])
  })

  test('runs the default policy', () => {
    const policy = parse(readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8'))
    const annotation = parse(policy.metadata.annotations['config.kubernetes.io/function'])
    expect(annotation.container.image).toBe(PUBLISHED_IMAGE)
  })
})
