import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { findOnPath } from '../../../cli/on-path.ts'
import { removeFolders, tree } from '../../cli/lib/command-line.ts'
import { builtWithGo } from '../../support/programs.ts'
import { type Allowed, actionsOf, problemsOf } from './lib/workflow.ts'

const root = join(__dirname, '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const READ = ['contents: read']
const SIGN = ['packages: write', 'id-token: write']
const PROPOSE = ['pull-requests: write']
const COMMIT = ['contents: write']

/** Every workflow, and what each of its jobs may do. */
const WORKFLOWS: Readonly<Record<string, Allowed>> = {
  '.github/workflows/ci.yaml': { check: READ },
  '.github/workflows/release.yaml': { check: READ, prepare: READ, image: [...READ, ...SIGN] },
  'integrations/flux/image-updates.yaml': { 'pull-request': PROPOSE, locks: [...COMMIT, ...PROPOSE] },
  'integrations/flux/push-artifact.yaml': { render: READ, push: SIGN },
  'integrations/flux/release-artifact.yaml': { render: READ, release: SIGN },
  'integrations/flux/validate.yaml': { validate: READ },
  'integrations/github/verify.yaml': { verify: READ },
  'integrations/renovate/lock-charts.yaml': { lock: READ, commit: [...COMMIT, ...PROPOSE] },
}
const paths = Object.keys(WORKFLOWS)

/** Without it actionlint would leave the shell unread, and say nothing. */
function shellcheck(): string {
  const program = findOnPath('shellcheck', process.env.PATH)
  if (program === undefined) throw new Error('shellcheck is not on PATH; install the Debian package shellcheck')
  return program
}

test('all workflows are here', () => {
  const folders = ['.github/workflows', 'integrations/flux', 'integrations/github', 'integrations/renovate']
  const there = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => `${folder}/${file}`),
  )
  expect(there.sort()).toEqual([...paths].sort())
})

/** Where all of them are as a user has them: one calls another by its path. */
const copies = tree({
  '.git/HEAD': '',
  ...Object.fromEntries(paths.map((path) => [`.github/workflows/${basename(path)}`, read(path)])),
})
afterAll(removeFolders)

test('their names are in lower case, and the same as those of their files', () => {
  for (const path of paths) {
    const { name } = parse(read(path)) as { name: string }
    expect([path, name]).toEqual([path, name.toLowerCase()])
    expect(basename(path)).toBe(`${name}.yaml`)
  }
})

describe.each(Object.entries(WORKFLOWS))('%s', (path, allowed) => {
  test('is accepted by actionlint', () => {
    const actionlint = builtWithGo('github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.12', 'The tests need actionlint')
    const copy = join(copies, '.github/workflows', basename(path))
    const lint = (): string =>
      execFileSync(actionlint, [`-shellcheck=${shellcheck()}`, '-no-color', copy], { cwd: copies, encoding: 'utf8' })
    expect(lint).not.toThrow()
  })

  test('pins what it runs, and may do no more than it must', () => {
    expect(problemsOf(read(path), allowed)).toEqual([])
  })

  test('has shell that parses', () => {
    const { jobs } = parse(read(path)) as { jobs: Record<string, { steps?: { run?: string }[] }> }
    for (const { steps = [] } of Object.values(jobs))
      for (const { run } of steps) if (run !== undefined) execFileSync('bash', ['-n'], { input: run, stdio: 'pipe' })
  })
})

test('an action is of one commit everywhere, and has one version', () => {
  const commits = new Map<string, Set<string>>()
  for (const { action, version } of paths.flatMap((path) => actionsOf(read(path)))) {
    const [name = '', commit = ''] = action.split('@')
    commits.set(name, new Set([...(commits.get(name) ?? []), `${commit} ${version}`]))
  }
  expect([...commits].filter(([, versions]) => versions.size > 1)).toEqual([])
  expect(commits.size).toBeGreaterThan(3)
})

describe('a workflow with one thing wrong', () => {
  const good = `permissions: {}
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
    - uses: actions/checkout@${'a'.repeat(40)} # v6.0.2
      with:
        persist-credentials: false
`
  const allowed = { build: READ }

  test('would pass without it', () => expect(problemsOf(good, allowed)).toEqual([]))

  test.each([
    ['a tag', `${'a'.repeat(40)} # v6.0.2`, 'v6', 'actions/checkout@v6: expected the 40 digits of a commit'],
    ['a short commit', 'a'.repeat(40), 'a'.repeat(7), 'actions/checkout@aaaaaaa: expected the 40 digits of a commit'],
    ['no version', ' # v6.0.2', '', `actions/checkout@${'a'.repeat(40)}: expected # vX.Y.Z next to it`],
    ['a floating version', '# v6.0.2', '# v6', `actions/checkout@${'a'.repeat(40)}: expected # vX.Y.Z next to it`],
    ['rights for all jobs', 'permissions: {}', 'permissions: {contents: read}', 'expected permissions: {} at the top'],
    ['a right too much', 'contents: read', 'contents: write', 'build: unexpected contents: write'],
    ['rights left to the default', '    permissions:\n      contents: read\n', '', 'build: expected permissions'],
    ['no timeout', '    timeout-minutes: 5\n', '', 'build: expected timeout-minutes'],
    ['a floating runner', 'ubuntu-24.04', 'ubuntu-latest', 'build: expected a runner of one version'],
    ['a token left behind', 'credentials: false', 'credentials: true', 'build: expected persist-credentials: false'],
    [
      'a followed tag that does not exist',
      'steps:',
      'env: {FOLLOWED: v1}\n    steps: # latest',
      'expected versions, found latest',
    ],
    ['an image that floats', 'steps:', 'container: node:latest\n    steps:', 'expected versions, found latest'],
  ])('%s', (_what, right, wrong, problem) => {
    expect(good).toContain(right)
    expect(problemsOf(good.replace(right, wrong), allowed)).toContain(problem)
  })
})
