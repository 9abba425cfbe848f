import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { generate } from '../tools/generate/schemas-and-readmes.ts'

const root = join(__dirname, '..')

// Schema, type, defaults and documentation come from one zod object: `npm run update` writes them.
describe('what is generated from the schemas is fresh', () => {
  test.each([...generate(root)])('%s', (path, content) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(content)
  })
})

test('the image of the functions stands in one place and carries the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const policy = parse(readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8'))
  const annotation = parse(policy.metadata.annotations['config.kubernetes.io/function'])
  expect(annotation.container.image).toBe(`ghcr.io/hippocampus-dev/krm-hardening:v${version}`)
})
