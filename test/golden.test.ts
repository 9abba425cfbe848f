import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { golden, notUpdated } from './support/golden.ts'

const root = join(__dirname, '..')

describe('a golden file is written only by a test that npm run update runs:', () => {
  const EXAMPLE = 'functions/hardening/examples/any/expected.yaml'

  test.each([
    ['its name says so', 'test/examples.test.ts', 'gives what the example shows', undefined],
    ['its name does not say so', 'test/examples.test.ts', 'gives the example', 'expected a name that ends in "shows"'],
    [
      'it is in no row',
      'test/golden.test.ts',
      'gives what the example shows',
      'expected a row in test/support/goldens.cjs',
    ],
  ])('%s', (_, testFile, name, refusal) => {
    expect(notUpdated(EXAMPLE, testFile, name)).toEqual(refusal && expect.stringContaining(refusal))
  })

  test('any other throws', () => {
    expect(() => golden(join(root, EXAMPLE), 'actual')).toThrow('expected a row in test/support/goldens.cjs')
  })
})

describe('npm run update', () => {
  const update = (...parts: string[]) =>
    spawnSync(process.execPath, ['tools/update.mjs', ...parts], { cwd: root, encoding: 'utf8' })

  test.each([
    ['no file has', ['nowhere']],
    ['only files have that it does not write', ['test/golden.test.ts']],
    ['is wrong next to one that is right', ['docs/findings', 'nowhere']],
  ])('refuses a part of a path that %s', (_, parts) => {
    const { status, stdout, stderr } = update(...parts)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(`npm run update: no file that it writes has ${parts.at(-1)} in its path\n`)
  })
})
