import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, git, homelab, RELEASE } from '../../../cli/flux/lib/homelab.ts'
import { CLI, edit, folder, program, run } from '../../../cli/lib/command-line.ts'
import { kustomize } from '../../../support/programs.ts'

describe('the hook of Git', () => {
  const hook = join(__dirname, '../../../../integrations/pre-commit/pre-commit')
  const commit = (root: string) =>
    run('git', [...AUTHOR, 'commit', '--message', 'change'], { cwd: root, env: { ...path(), XDG_CACHE_HOME: CACHE } })
  const path = () => {
    const bin = folder()
    program(join(bin, 'krm-hardening'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
    return { PATH: `${bin}:${process.env.PATH}`, KUSTOMIZE: kustomize() }
  }
  const AUTHOR = ['-c', 'user.name=test', '-c', 'user.email=test@example.com']

  test('lets a commit pass that keeps the conventions, and no other', async () => {
    const root = homelab()
    git(root, 'init')
    cpSync(hook, join(root, '.git/hooks/pre-commit'))
    git(root, 'add', '--all')
    expect((await commit(root)).exitCode).toBe(0)
    edit(join(root, RELEASE), (text) => text.replace('4.0.1', '4.x'))
    git(root, 'add', '--all')
    const refused = await commit(root)
    expect([refused.exitCode, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringContaining('flux-conventions/chart-pinned'),
    ])
  })
})
