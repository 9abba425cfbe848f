import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, edit, folder, program, removeFolders } from '../../cli/lib/command-line.ts'
import { CACHE, kustomizeProgram, TIME_TO_BUILD } from '../../support/programs.ts'
import { root } from '../../support/stacks.ts'

// The hooks of integrations/pre-commit, each installed by its own program and run by a real `git commit`.
const INTEGRATION = join(root, 'integrations/pre-commit')
const VERSIONS = ['pre-commit==4.7.0', 'lefthook==2.2.2']

/** A folder with pre-commit and Lefthook, from PyPI. Throws, with what pip said, where they cannot be had. */
function installed(): string {
  const target = join(CACHE, `hooks-${VERSIONS.join('-').replaceAll('==', '-')}`)
  if (existsSync(join(target, 'bin/lefthook'))) return join(target, 'bin')
  mkdirSync(CACHE, { recursive: true })
  try {
    execFileSync('python3', ['-m', 'venv', target], { stdio: 'pipe' })
    execFileSync(join(target, 'bin/pip'), ['install', '--quiet', ...VERSIONS], { stdio: 'pipe' })
  } catch (cause) {
    throw new Error('The hooks are run by pre-commit and Lefthook, which Python 3 with venv installs. It said:', {
      cause,
    })
  }
  return join(target, 'bin')
}

let environment: NodeJS.ProcessEnv
beforeAll(() => {
  const bin = folder()
  program(join(bin, 'krm-hardening'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
  const home = folder()
  environment = {
    ...process.env,
    HOME: home,
    PATH: `${bin}:${installed()}:${process.env.PATH}`,
    KUSTOMIZE: kustomizeProgram(),
    XDG_CACHE_HOME: join(home, 'cache'),
    NO_COLOR: '1',
  }
}, TIME_TO_BUILD)
afterAll(removeFolders)

const run = (cwd: string, command: string, ...args: string[]) =>
  spawnSync(command, args, { cwd, env: environment, encoding: 'utf8' })
const git = (cwd: string, ...args: string[]) =>
  run(cwd, 'git', '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args)

/** The homelab as a repository of Git, with a hook that a program or a copy installed. */
function repository(install: (folder: string) => void): string {
  const copy = folder()
  cpSync(join(root, 'examples/homelab'), copy, { recursive: true })
  git(copy, 'init', '--quiet')
  install(copy)
  git(copy, 'add', '--all')
  return copy
}

const HOOKS: Readonly<Record<string, (folder: string) => void>> = {
  'pre-commit': (at) => {
    cpSync(join(INTEGRATION, 'pre-commit-config.yaml'), join(at, '.pre-commit-config.yaml'))
    expect(run(at, 'pre-commit', 'install')).toMatchObject({ status: 0 })
  },
  Lefthook: (at) => {
    cpSync(join(INTEGRATION, 'lefthook.yaml'), join(at, 'lefthook.yaml'))
    expect(run(at, 'lefthook', 'install')).toMatchObject({ status: 0 })
  },
  Git: (at) => cpSync(join(INTEGRATION, 'pre-commit'), join(at, '.git/hooks/pre-commit')),
}

describe.each(Object.entries(HOOKS))('the hook of %s', (_, install) => {
  test('lets a commit pass that keeps the conventions, refuses another, and looks at what is staged alone', () => {
    const at = repository(install)
    const ks = join(at, 'apps/web/notes/ks.yaml')
    const commit = () => git(at, 'commit', '--message', 'change')
    expect(commit()).toMatchObject({ status: 0 })
    edit(ks, (text) => text.replace('timeout: 5m', 'timeout: soon'))
    git(at, 'add', '--all')
    const refused = commit()
    expect([refused.status, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringContaining('flux-conventions/schema'),
    ])
    edit(ks, (text) => text.replace('timeout: soon', 'timeout: 6m'))
    expect(commit().status).toBe(1)
    git(at, 'add', '--all')
    expect(commit()).toMatchObject({ status: 0 })
    expect(git(at, 'log', '--pretty=%s').stdout.trim().split('\n')).toHaveLength(2)
  }, 120_000)
})
