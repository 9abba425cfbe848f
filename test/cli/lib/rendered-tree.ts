import { cpSync } from 'node:fs'
import { fixtures, folder } from './command-line.ts'
import { krmHardening } from './in-process.ts'

export const render = (root: string, folder = 'environment', ...args: string[]) =>
  krmHardening(['render', folder, '--output', 'rendered', ...args], { cwd: root })
export const verify = (root: string, policy = 'environment') =>
  krmHardening(['verify', 'rendered', '--policy', policy], { cwd: root })
export const FILES = ['cluster', 'stacks/blog/app', 'stacks/shop'].map(
  (stack) => `rendered/${stack}/environment/manifests.yaml`,
)
export const MARK = '# Made by krm-hardening render --output of environment. Do not edit it.\n'

let once: string | undefined
/** A copy of the environment and its rendering. */
export async function rendered(): Promise<string> {
  if (once === undefined) {
    once = fixtures()
    await render(once)
  }
  const root = folder()
  cpSync(once, root, { recursive: true })
  return root
}
