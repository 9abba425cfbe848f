import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { folder, program } from '../../../cli/lib/command-line.ts'
import { root } from '../../../support/stacks.ts'

/** The shell of one step, by the name of the step. */
export function stepOf(path: string, name: string): string {
  const { jobs } = parse(readFileSync(join(root, path), 'utf8')) as {
    jobs: Record<string, { steps?: { name?: string; run?: string }[] }>
  }
  const step = Object.values(jobs)
    .flatMap(({ steps = [] }) => steps)
    .find((candidate) => candidate.name === name)
  if (step?.run === undefined) throw new Error(`${path}: expected a step ${name} that runs something`)
  return step.run
}

/** Runs a step as GitHub does, with programs of these names in place of the real ones; each call is a line of `calls`. */
export function runStep(script: string, programs: Record<string, string>, env: Record<string, string>, cwd = folder()) {
  const bin = folder()
  const calls = join(bin, 'calls')
  for (const [name, body] of Object.entries(programs))
    program(join(bin, name), `#!/bin/bash\necho ${name} "$@" >>'${calls}'\n${body}\n`)
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', script], {
    cwd,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, GITHUB_OUTPUT: join(cwd, 'output'), ...env },
    encoding: 'utf8',
  })
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  return { status, stdout, stderr, cwd, calls: read(calls).split('\n').slice(0, -1), output: read(join(cwd, 'output')) }
}
