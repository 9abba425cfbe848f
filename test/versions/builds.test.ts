import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PINNED } from '../../cli/kustomize/pinned.ts'
import { isNewEnough, OLDEST } from '../../cli/kustomize/version.ts'
import { type Ended, installStandIn, removeFolders, run, systemTools, tree } from '../cli/lib/command-line.ts'
import { builtImage, imageReference } from '../lib/image.ts'
import { kustomizeOf } from '../lib/programs.ts'
import { root, stacks } from '../lib/stacks.ts'
import { PROGRAMS, type Program, VERSIONS } from './lib/programs.ts'
import { asTable, documentedTable } from './lib/table.ts'

const FLAGS = ['--enable-alpha-plugins']
const HARDENED = 'test/image/trees/hardened'

const tools = systemTools()
const bundle = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/functions.cjs')}'\n`
const standIn = { PATH: [installStandIn(bundle), tools].join(':') }
afterAll(removeFolders)

async function build(program: Program, folder: string, env: NodeJS.ProcessEnv, flags = FLAGS): Promise<Ended> {
  const [file, ...args] = program.build()
  return run(file, [...args, ...flags, join(root, folder)], { env })
}

/** What a build printed; fails as it fails. */
async function printed(...call: Parameters<typeof build>): Promise<string> {
  const { stdout, stderr, exitCode } = await build(...call)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  expect(stdout).not.toBe('')
  return stdout
}

const pinned: Program = { name: 'pinned', build: () => [kustomizeOf(PINNED), 'build'] }
const developmentStacks = stacks.filter((stack) => stack.startsWith('dev/'))
const rows: string[][] = []

test('the versions reach from the oldest that the command line takes', () => {
  expect(VERSIONS[0]).toMatch(new RegExp(`^${OLDEST}\\.`))
  expect(VERSIONS.filter((version) => !isNewEnough(version))).toEqual([])
  expect(developmentStacks.length).toBeGreaterThan(2)
})

describe.each(PROGRAMS)('$name', (program) => {
  const row = [program.name]
  rows.push(row)
  /** A cell of docs/kustomize.md, of what was seen and no more. */
  const note = ({ exitCode, stdout }: Ended): number =>
    row.push(`exit ${exitCode}, ${stdout === '' ? 'no output' : 'manifests'}`)

  test('builds the same bytes of every stack with the stand-in', async () => {
    for (const stack of developmentStacks) {
      const folder = join('overlays', stack)
      expect([stack, await printed(program, folder, standIn)]).toEqual([stack, await pinnedBuild(folder)])
    }
    row.push('same bytes')
  })

  test('builds the same bytes with Podman', async () => {
    expect(await printed(program, HARDENED, builtImage().env)).toBe(await pinnedBuild(HARDENED))
    row.push('same bytes')
  })

  test('fails with the reason where the policy refuses an object', async () => {
    const ended = await build(program, 'test/image/trees/refused', standIn)
    expect(ended.stderr).toMatch(/error: image-mirror-digest: .*Deployment.*web/)
    note(ended)
  })

  test('fails where there is no program called docker', async () => {
    const ended = await build(program, HARDENED, { PATH: tools })
    expect(ended.stderr).toMatch(/exec: \\*"docker\\*": executable file not found/)
    note(ended)
  })

  test('fails where the stand-in does not know the image', async () => {
    const other = installStandIn(bundle, ['registry.example.com/other:v1'])
    const ended = await build(program, HARDENED, { PATH: [other, tools].join(':') })
    expect(ended.stderr).toContain(`no container engine found in PATH to run the function image ${imageReference()}`)
    note(ended)
  })

  test('fails without the flag', async () => {
    const ended = await build(program, HARDENED, standIn, [])
    expect(ended.stderr).toContain("external plugins disabled; unable to load external plugin 'Hardening'")
    note(ended)
  })

  test('skips a function with an exec annotation in silence', async () => {
    const policy = readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8')
    const folder = tree({
      'kustomization.yaml': 'resources: [pod.yaml]\ntransformers: [policy.yaml]\n',
      'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n',
      'policy.yaml': policy.replace(/container:\n *image: .*/, 'exec:\n        path: ./harden'),
    })
    const [file, ...args] = program.build()
    const ended = await run(file, [...args, ...FLAGS, folder], { env: standIn })
    expect(ended.stdout).toBe('apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n')
    note(ended)
  })
})

test('docs/kustomize.md shows what was seen', () => {
  const columns = ['Program', 'stand-in', 'Podman', 'policy error', 'no `docker`', 'unknown image', 'no flag', '`exec`']
  expect(rows.filter((row) => row.length !== columns.length)).toEqual([])
  const seen = asTable(columns, rows)
  expect(documentedTable(seen)).toBe(seen)
})

const builds = new Map<string, Promise<string>>()

/** What the pinned version builds with the stand-in; each folder once. */
function pinnedBuild(folder: string): Promise<string> {
  const known = builds.get(folder) ?? printed(pinned, folder, standIn)
  builds.set(folder, known)
  return known
}
