import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtImage } from '../../support/image.ts'
import { type File, filesOf } from '../../support/image-files.ts'
import { podman, podmanEnvironment } from '../../support/podman.ts'

interface Inspected {
  Config: {
    User: string
    Entrypoint: string[]
    Cmd?: string[]
    WorkingDir: string
    Labels: Record<string, string>
    Env: string[]
  }
  Os: string
  History: { created_by: string }[]
}

const NODE = ['/nodejs/bin/node', '--no-opt', '--no-maglev']

describe('the image', () => {
  let image: Inspected
  let base: string
  let files: File[]

  beforeAll(() => {
    const { reference } = builtImage()
    image = JSON.parse(podman('image', 'inspect', reference))[0]
    base = image.Config.Labels['org.opencontainers.image.base.name'] ?? ''
    files = filesOf(reference)
  })

  test('runs Node by its absolute path, without a shell, as nobody, in a folder that nobody may enter', () => {
    expect(image.Config.Entrypoint).toEqual([...NODE, '/warm-start.cjs'])
    expect(image.Config.Cmd ?? []).toEqual([])
    expect(image.Config.User).toBe('nobody')
    expect(image.Config.WorkingDir).toBe('/')
  })

  test('describes itself with the annotations of the OCI', () => {
    const { version, revision } = builtImage()
    const { description, license } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'))
    expect(image.Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'krm-hardening',
      'org.opencontainers.image.description': description,
      'org.opencontainers.image.source': 'https://github.com/hippocampus-dev/krm-hardening',
      'org.opencontainers.image.licenses': license,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.base.name': expect.stringMatching(/\/runtime-base:/),
    })
  })

  test('sets no environment of its own', () => {
    expect(image.Config.Env.filter((variable) => !variable.startsWith('PATH='))).toEqual([])
  })

  test('adds three files to its base: the bundle, the same bytes as dist/functions.cjs, the code that V8 kept of it, what starts both', () => {
    const inBase = new Set(filesOf(base).map(({ path }) => path))
    expect(files.map(({ path }) => path).filter((path) => !inBase.has(path))).toEqual([
      'functions.cjs',
      'functions.v8',
      'warm-start.cjs',
    ])
    const { reference } = builtImage()
    const script = 'process.stdout.write(require("node:fs").readFileSync("/functions.cjs"))'
    const bundle = podman(
      'run',
      '--rm',
      '--network',
      'none',
      '--entrypoint',
      '/nodejs/bin/node',
      reference,
      '-e',
      script,
    )
    expect(bundle).toBe(readFileSync(join(__dirname, '../../../dist/functions.cjs'), 'utf8'))
  })

  test('starts with the code that V8 kept, and V8 accepts it', () => {
    const { reference } = builtImage()
    const run = (...args: string[]): SpawnSyncReturns<string> => {
      const options = ['run', '--rm', '--network', 'none', '--entrypoint', args[0] ?? '', reference, ...args.slice(1)]
      return spawnSync('podman', options, { env: podmanEnvironment(), encoding: 'utf8' })
    }
    expect(run(...NODE, '/warm-start.cjs', 'is-warm')).toMatchObject({ status: 0, stderr: '' })
    expect(run('/nodejs/bin/node', '/warm-start.cjs', 'is-warm')).toMatchObject({ status: 1, stderr: '' })
  })

  test('runs nothing while it is built on its base, so that any architecture builds on any other', () => {
    const own = image.History.slice(1).map(({ created_by }) => created_by)
    expect(own.length).toBeGreaterThan(0)
    expect(own.filter((step) => !step.startsWith('/bin/sh -c #(nop)'))).toEqual([])
  })

  test('lets everyone read what it holds', () => {
    expect(files.filter(({ mode }) => !/^(?:l|d......r.x|-......r..)/.test(mode))).toEqual([])
  })

  test('lets no one write anything', () => {
    const writable = ({ mode, owner }: File): boolean => owner !== '0/0' || /^[^l](?:....w....|.......w.)/.test(mode)
    expect(files.filter(writable)).toEqual([])
  })

  test('holds nothing that runs with the rights of another user', () => {
    expect(files.filter(({ mode }) => /[sS]/.test(mode))).toEqual([])
  })

  test('holds no shell and no package manager', () => {
    const program = /(?:^|\/)(?:(?:ba|da|a|z|k)?sh|busybox|npm|npx|corepack|apt|dpkg|apk)$/
    expect(files.filter(({ path }) => program.test(path))).toEqual([])
  })

  test('names no user', () => {
    const { reference } = builtImage()
    const script = 'const { username, uid } = os.userInfo(); console.log(username, uid)'
    expect(
      podman('run', '--rm', '--network', 'none', '--entrypoint', '/nodejs/bin/node', reference, '-e', script),
    ).toBe('nobody 65534\n')
  })
})
