import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, type Ended, folder, program, run } from '../cli/lib/command-line.ts'
import { golden } from '../support/golden.ts'
import { kustomize } from '../support/programs.ts'

export const ROOT = join(__dirname, '../..')

/** A repository of git with the stranger's shop in deploy/shop, committed. */
export async function repository(): Promise<string> {
  const root = folder()
  cpSync(join(__dirname, 'shop'), join(root, 'deploy/shop'), { recursive: true })
  await git(root, 'init', '--quiet')
  await commit(root)
  return root
}

export async function commit(root: string): Promise<void> {
  await git(root, 'add', '--all')
  await git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message=state')
}

/** The stdout of git. Throws if git fails. */
export async function git(root: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await run('git', args, { cwd: root })
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** A shell in which `krm-hardening` is what this checkout builds. */
export function shell(more: NodeJS.ProcessEnv = {}): (script: string, cwd: string) => Promise<Ended> {
  const bin = join(folder(), 'bin')
  program(join(bin, 'krm-hardening'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
  const env = { PATH: `${bin}:${process.env.PATH}`, KUSTOMIZE: kustomize(), ...more }
  return (script, cwd) => run('bash', ['-eu', '-o', 'pipefail'], { cwd, env, stdin: script })
}

/** The files of a folder that is flat, text by name. */
export const filesOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [name, readFileSync(join(path, name), 'utf8')]),
  )

/** The files of a folder below expected/, which must equal the actual ones. */
export function goldens(name: string, actual: Record<string, string>): Record<string, string> {
  const path = join(__dirname, 'expected', name)
  for (const [file, text] of Object.entries(actual)) golden(join(path, file), text)
  return filesOf(path)
}

/** Blocks of shell and patches of a document, in their order. */
export const stepsOf = (markdown: string): { language: string; text: string }[] =>
  [...markdown.matchAll(/^```(sh|diff)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }))
