import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, program, systemTools, tree } from '../../lib/command-line.ts'
import { krmHardening } from '../../lib/in-process.ts'

type Files = Readonly<Record<string, string>>

/** The command with a stand-in for crane, which knows the tags of these repositories, and what else `cases` of its shell say. */
export function withRegistry(tags: Readonly<Record<string, string[]>>, cases: readonly string[] = ['*) exit 1;;']) {
  const bin = systemTools()
  const lists = Object.entries(tags).map(([name, all]) => `'ls ${name}') printf '%s\\n' ${all.join(' ')};;`)
  program(join(bin, 'crane'), ['#!/bin/sh', 'case "$*" in', ...lists, ...cases, 'esac', ''].join('\n'))

  /** Without charts, which a test with helm pulls. */
  const outdated = (root: string, ...args: string[]): Promise<Ended> =>
    krmHardening(['outdated', '--no-changes', ...args], { cwd: root, env: { PATH: bin } })

  /** The files after the patch that the command prints, which Git itself applies. */
  async function patched(files: Files, ...args: string[]): Promise<Record<string, string>> {
    const root = tree(files)
    const { stdout } = await outdated(root, ...args)
    execFileSync('git', ['apply', '-'], { cwd: root, input: stdout, stdio: 'pipe' })
    return Object.fromEntries(Object.keys(files).map((path) => [path, readFileSync(join(root, path), 'utf8')]))
  }

  return { bin, outdated, patched }
}
