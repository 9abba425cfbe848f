import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../support/stacks.ts'

describe('the command of the plugin', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'command-'))
    copyFileSync(join(root, 'dist/argocd.cjs'), join(folder, 'argocd.cjs'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const generate = (commandLine: string, parameters: Record<string, string> = {}) => {
    writeFileSync(join(folder, 'cli.cjs'), commandLine)
    const list = Object.entries(parameters).map(([name, string]) => ({ name, string }))
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'argocd.cjs')], {
      env: { ...process.env, ARGOCD_APP_PARAMETERS: JSON.stringify(list) },
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }
  const PRINT = 'console.log(process.argv.slice(2).join(" "))'

  test.each([
    [{}, 'render .'],
    [{ environment: 'production' }, 'render ./production'],
    [{ environment: '--diff' }, 'render ./--diff'],
    [{ image: '--diff' }, 'render --image=--diff .'],
    [{ image: 'a/b:c', environment: 'd/e' }, 'render --image=a/b:c ./d/e'],
  ])('renders, with %j, by the arguments: %s', (parameters, expected) => {
    expect(generate(PRINT, parameters)).toEqual({ status: 0, stdout: `${expected}\n`, stderr: '' })
  })

  test.each([1, 2, 3])('ends as krm-hardening ends: %i', (status) => {
    const failing = `console.error("why"); process.exit(${status})`
    expect(generate(failing)).toEqual({ status, stdout: '', stderr: 'why\n' })
  })
})
