import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { version } from '../../../package.json'
import { tagsOf } from '../../../tools/release/tags.ts'

describe('the tags of a release', () => {
  test.each([
    ['the first', 'v1.0.0', [], ['v1.0.0', 'v1.0', 'v1']],
    ['the newest', 'v1.3.0', ['v1.2.4', 'v1.3.0'], ['v1.3.0', 'v1.3', 'v1']],
    ['a fix for an older minor', 'v1.2.5', ['v1.2.4', 'v1.3.0'], ['v1.2.5', 'v1.2']],
    ['a fix for an older major', 'v1.3.1', ['v1.3.0', 'v2.0.0'], ['v1.3.1', 'v1.3', 'v1']],
    ['one out of its turn', 'v1.2.4', ['v1.2.5', 'v1.3.0'], ['v1.2.4']],
    ['one whose numbers have more digits', 'v1.10.0', ['v1.9.0', 'v1.10.0'], ['v1.10.0', 'v1.10', 'v1']],
    ['one next to tags that are no releases', 'v1.0.0', ['v1.1.0-rc.1', 'v1', 'nightly', ''], ['v1.0.0', 'v1.0', 'v1']],
  ])('%s: %s', (_what, release, tags, expected) => expect(tagsOf(release, tags)).toEqual(expected))

  test.each(['1.0.0', 'v1.0', 'v1.0.0-rc.1', 'v01.0.0', 'v1.0.0.0', 'latest', ''])('refuses %j', (release) =>
    expect(() => tagsOf(release, [])).toThrow(`${release}: expected a release such as v1.2.3`),
  )
})

describe('the program that the workflow asks', () => {
  const root = join(__dirname, '../../..')
  const release = (...args: string[]) =>
    spawnSync('node', ['dist/release.cjs', ...args], { cwd: root, encoding: 'utf8' })

  test('prints the tags of this version, one a line', () => {
    const { status, stdout } = release('tags', `v${version}`)
    expect(status).toBe(0)
    expect(stdout).toMatch(new RegExp(`^v${version}\n(?:v\\d+(?:\\.\\d+)?\n)*$`))
  })

  test.each([
    [['tags', 'v99.0.0'], `v99.0.0: package.json is of version ${version}, expected the tag v${version}\n`],
    [['tags'], 'Usage'],
    [['tags', `v${version}`, 'more'], 'Usage'],
    [['sbom'], 'Usage'],
    [['sbom', 'another-image'], 'Usage'],
    [[], 'Usage'],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = release(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})
