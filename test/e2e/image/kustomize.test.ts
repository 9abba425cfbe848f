import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { builtImage, imageReference, KUSTOMIZE_CALL } from '../../support/image.ts'
import { kustomizeProgram } from '../../support/programs.ts'

const build = (tree: string, env: NodeJS.ProcessEnv): SpawnSyncReturns<string> =>
  spawnSync(kustomizeProgram(), ['build', '--enable-alpha-plugins', join(__dirname, 'trees', tree)], {
    env,
    encoding: 'utf8',
  })

/** An environment whose `docker` is a shell script in this folder. */
function dockerIs(script: string, folder: string): NodeJS.ProcessEnv {
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) }
}

describe('kustomize build, with Podman as docker', () => {
  const bundle = join(__dirname, '../../../dist/functions.cjs')
  let folder: string
  let plain: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'docker-'))
    builtImage()
    plain = build('workload', process.env).stdout
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('gives the same bytes as with the bundle in place of the container', () => {
    const inPodman = build('hardened', builtImage().env)
    expect(inPodman.status).toBe(0)
    expect(inPodman.stdout).toBe(plain.replace('web:1.0.0', `web@sha256:${'1'.repeat(64)}`))
    const inProcess = build('hardened', dockerIs(`exec '${process.execPath}' '${bundle}'`, folder))
    expect(inPodman.stdout).toBe(inProcess.stdout)
    expect(inPodman.stderr).toBe(inProcess.stderr)
  })

  test('runs the very call that the tests of the image make', () => {
    const calls = join(folder, 'calls')
    build('hardened', dockerIs(`echo "$@" >>'${calls}'; exec '${process.execPath}' '${bundle}'`, folder))
    expect(readFileSync(calls, 'utf8')).toBe(`${KUSTOMIZE_CALL} ${imageReference()}\n`)
  })

  test('fails with the reason, and prints nothing, if the policy refuses an object', () => {
    const { status, stdout, stderr } = build('refused', builtImage().env)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/error: image-mirror-digest\/missing-digest: .*Deployment.*web/)
  })
})
