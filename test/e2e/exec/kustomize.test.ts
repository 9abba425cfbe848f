import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kustomizeProgram } from '../../support/programs.ts'
import { render, root } from '../../support/stacks.ts'
import { overlayByProgram } from './lib/overlay.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'exec-')))
afterAll(() => rmSync(folder, { recursive: true }))

const overlay = join(folder, 'overlay')
const bundle = join(folder, 'functions.cjs')
const STACK = 'overlays/dev/tidb-operator'

beforeAll(() => {
  overlayByProgram(overlay, '../functions.cjs', {
    namespace: 'tidb-operator',
    resources: 'base/tidb-operator',
    policy: `${STACK}/hardening`,
  })
  copyFileSync(join(root, 'dist/functions.cjs'), bundle)
})
beforeEach(() => chmodSync(bundle, 0o755))

const build = (...flags: string[]): SpawnSyncReturns<string> =>
  spawnSync(kustomizeProgram(), ['build', ...flags, overlay], { encoding: 'utf8', cwd: root })
const verify = (...args: string[]): SpawnSyncReturns<string> =>
  spawnSync('node', [join(root, 'dist/cli.cjs'), 'verify', ...args], {
    env: { ...process.env, KUSTOMIZE: kustomizeProgram() },
    encoding: 'utf8',
  })

describe('kustomize build, the functions as a program', () => {
  test('gives the bytes that render gives', () => {
    const { status, stdout } = build('--enable-alpha-plugins', '--enable-exec')
    expect(status).toBe(0)
    expect(stdout).toBe(render(`${STACK}/operator`))
  })

  test('skips them silently without --enable-exec', () => {
    const { status, stdout, stderr } = build('--enable-alpha-plugins')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('kind: Deployment')
    expect(stdout).not.toMatch(/securityContext|kind: NetworkPolicy/)
  })

  test('fails without --enable-alpha-plugins', () => {
    const { status, stdout, stderr } = build('--enable-exec')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain("unable to load external plugin 'Hardening'")
  })

  test('fails if the program has lost its execute bit', () => {
    chmodSync(bundle, 0o644)
    const { status, stdout, stderr } = build('--enable-alpha-plugins', '--enable-exec')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('permission denied')
  })
})

describe('krm-hardening', () => {
  test('verify finds out that the functions were skipped', () => {
    const rendering = join(folder, 'skipped.yaml')
    writeFileSync(rendering, build('--enable-alpha-plugins').stdout)
    const { status, stdout } = verify(rendering, '--policy', overlay)
    expect(status).toBe(1)
    expect(stdout).toContain('NOT hardened')
    expect(stdout).toMatch(
      /error: objects\/would-generate: network-policy-default-deny: NetworkPolicy tidb-operator\/default-deny: is not in the build/,
    )
  })

  test('verify passes what they have hardened', () => {
    const rendering = join(folder, 'hardened.yaml')
    writeFileSync(rendering, build('--enable-alpha-plugins', '--enable-exec').stdout)
    const { status, stdout } = verify(rendering, '--policy', overlay)
    expect([status, stdout]).toEqual([0, expect.stringMatching(/: hardened \(\d+ objects looked at\)\n$/)])
  })

  test('render refuses such an overlay, and says what to write', () => {
    expect(() => render(overlay)).toThrow(/exec annotation.*expected config\.kubernetes\.io\/function with container/)
  })
})
