import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../lib/command-line.ts'
import { DEFECTS } from './lib/defects.ts'
import { flux, homelab, RELEASE } from './lib/homelab.ts'

describe('krm-hardening flux', () => {
  test('prints a tree, and ends with 1 if there is an error', async () => {
    const { stdout, exitCode } = await flux([], homelab(...(DEFECTS.schema?.edits ?? [])))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^ {2}✗ web\/notes .*\n {6}error: flux-conventions\/schema: HelmRelease web\/notes: spec\.retryInterval: /m,
    )
    expect(stdout).toMatch(/^7 Kustomizations, 19 objects: 1 error, 0 warnings, 0 notes$/m)
  })

  test('gives findings with their files to machines', async () => {
    const root = homelab(...(DEFECTS.schema?.edits ?? []))
    const { ok, findings } = JSON.parse((await flux(['--output', 'json'], root)).stdout)
    expect([ok, findings]).toMatchObject([
      false,
      [{ tags: { id: 'flux-conventions/schema' }, file: { path: RELEASE } }],
    ])
    const sarif = JSON.parse((await flux(['--output', 'sarif'], root)).stdout)
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(RELEASE)
  })

  test('new leaves an existing app alone', async () => {
    const root = homelab()
    const { stderr, exitCode } = await flux(['new', 'web/notes'], root)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is already there')])
    expect(existsSync(join(root, 'apps/web/notes/app/release.yaml'))).toBe(true)
  })

  test('refuses a folder in which Flux would find nothing to start from', async () => {
    const { stderr, exitCode } = await flux([], folder())
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('found no Kustomization of Flux to start from')])
  })
})
