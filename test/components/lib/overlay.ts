import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../../support/stacks.ts'

/** What a copy of the overlays refers to. */
const SHARED = ['base', 'components', 'functions', 'test']

export interface Added {
  /** Components that the stack's hardening/kustomization.yaml lists last, a line each, as folders of the repository. */
  hardening?: readonly string[]
  /** Components of the environment's hardening/kustomization.yaml. */
  environment?: readonly string[]
  /** Components of the stack's own kustomization.yaml. */
  stack?: readonly string[]
}

const copies: string[] = []
afterAll(() => copies.splice(0).forEach((copy) => void rmSync(copy, { recursive: true })))

/** The folder of a stack in a copy of the overlays, with the lines that a person would add. */
export function overlayWith(stack: string, { hardening = [], environment = [], stack: own = [] }: Added): string {
  const copy = mkdtempSync(join(tmpdir(), 'overlays-'))
  copies.push(copy)
  cpSync(join(root, 'overlays'), join(copy, 'overlays'), { recursive: true })
  for (const folder of SHARED) symlinkSync(join(root, folder), join(copy, folder))
  const folder = join(copy, 'overlays', stack)
  const policy = join(folder, 'hardening/kustomization.yaml')
  // Its list of components is last, so each line that is appended adds a component.
  if (!/^components:\n(?:- .*\n)+$(?![\s\S])/m.test(readFileSync(policy, 'utf8')))
    throw new Error(`${policy}: expected it to end with its components`)
  for (const component of hardening) appendFileSync(policy, `- ../../../../${component}\n`)
  addComponents(join(dirname(folder), 'hardening/kustomization.yaml'), environment)
  addComponents(join(folder, 'kustomization.yaml'), own)
  return folder
}

/** Adds components to a kustomization.yaml that lists none. */
function addComponents(file: string, components: readonly string[]): void {
  if (components.length === 0) return
  if (/^components:/m.test(readFileSync(file, 'utf8'))) throw new Error(`${file}: expected no components`)
  appendFileSync(file, ['components:', ...components.map((component) => `- ../../../${component}`), ''].join('\n'))
}
