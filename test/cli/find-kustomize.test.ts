import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { runInThisContext } from 'node:vm'
import { installedKustomize, installFromRelease } from '../../cli/kustomize/install.ts'
import { PINNED, pinnedArchive } from '../../cli/kustomize/pinned.ts'
import { folder, program, removeFolders, run, systemTools, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

// A machine with a network must give the same result as one without.
const ofProgram = runInThisContext('globalThis') as typeof globalThis
const { fetch } = ofProgram
const offline = async () => {
  throw new Error('offline')
}

const STACK = tree({
  'kustomization.yaml': 'resources: [r.yaml]\n',
  'r.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
})
const TOOLS = systemTools()

const cached = (cache: string): string => join(cache, 'krm-hardening/kustomize', PINNED, 'kustomize')

/** A kustomize that prints its version, and for a build its name and how it was called. */
const kustomize = (version: string): string =>
  `#!/bin/sh\nif [ "$1" = version ]; then echo '${version}'; else echo "# ${version}: $*"; fi\n`

interface Machine {
  programs?: Record<string, string>
  cache?: string
  KUSTOMIZE?: string
}

function render({ programs = {}, cache = folder(), KUSTOMIZE }: Machine) {
  const bin = folder()
  for (const [name, text] of Object.entries(programs)) program(join(bin, name), text)
  return krmHardening(['render', STACK], {
    env: {
      PATH: `${bin}:${TOOLS}`,
      XDG_CACHE_HOME: cache,
      KUSTOMIZE,
    },
  })
}

describe('kustomize is looked for', () => {
  beforeAll(() => {
    ofProgram.fetch = offline
  })
  afterAll(() => {
    ofProgram.fetch = fetch
  })

  test('in KUSTOMIZE first: what the user named is used', async () => {
    const named = program(join(folder(), 'mine'), kustomize('v5.6.0'))
    const { stdout, stderr } = await render({ KUSTOMIZE: named, programs: { kustomize: kustomize('v5.5.0') } })
    expect(stderr).toContain(`krm-hardening: using kustomize v5.6.0 (${named}, named by KUSTOMIZE)\n`)
    expect(stdout).toBe(`# v5.6.0: build --enable-alpha-plugins ${STACK}\n`)
  })

  test('in KUSTOMIZE first: what cannot be used is refused, not passed over', async () => {
    const programs = { kustomize: kustomize('v5.5.0') }
    const absent = await render({ KUSTOMIZE: '/nowhere/kustomize', programs })
    expect(absent).toEqual({
      stdout: '',
      exitCode: 2,
      stderr: 'error: KUSTOMIZE=/nowhere/kustomize cannot be run as a program\n',
    })
    const old = program(join(folder(), 'old'), kustomize('v4.5.7'))
    expect((await render({ KUSTOMIZE: old, programs })).stderr).toBe(
      `error: KUSTOMIZE=${old} is v4.5.7, expected v5.3 or later\n`,
    )
  })

  test('on PATH', async () => {
    const { stdout, stderr } = await render({ programs: { kustomize: kustomize('v5.3.0') } })
    expect(stdout).toContain('# v5.3.0: build')
    expect(stderr).toMatch(/^krm-hardening: using kustomize v5\.3\.0 \(\/.*\/kustomize, on PATH\)$/m)
  })

  test.each([
    ['too old', '{Version:kustomize/v4.5.7 GitCommit:56d82a8}', 'is v4.5.7'],
    ['without a version', '(devel)', 'does not say its version'],
  ])('on PATH: one %s is passed over, and it says why', async (_what, version, why) => {
    const cache = folder()
    const installed = program(cached(cache), kustomize('installed'))
    const { stdout, stderr } = await render({ cache, programs: { kustomize: kustomize(version) } })
    expect(stdout).toContain('# installed: build')
    expect(stderr).toMatch(new RegExp(`krm-hardening: not using /.*/kustomize ${why}; expected v5\\.3 or later`))
    expect(stderr).toContain(`using kustomize ${PINNED} (${installed}, installed by an earlier run)`)
  })

  test('with go install, which later runs need no more', async () => {
    const cache = folder()
    // Like Go, builds the module that it is given into GOBIN.
    const go = `#!/bin/sh\n[ "$*" = "install sigs.k8s.io/kustomize/kustomize/v5@${PINNED}" ] || exit 1\ncat >"$GOBIN/kustomize" <<'EOF'\n${kustomize(PINNED)}EOF\nchmod +x "$GOBIN/kustomize"\n`
    const first = await render({ cache, programs: { go } })
    expect(first.stderr).toContain(`installing kustomize ${PINNED} with `)
    expect(first.stdout).toContain(`# ${PINNED}: build`)
    const second = await render({ cache })
    expect(second.stdout).toBe(first.stdout)
    expect(readdirSync(dirname(cached(cache)))).toEqual(['kustomize'])
  })

  test('in kubectl, before anything is compiled or downloaded', async () => {
    const kubectl =
      '#!/bin/sh\nif [ "$1" = version ]; then echo "Client Version: v1.32.0"; echo "Kustomize Version: v5.5.0"; else echo "# kubectl: $*"; fi\n'
    const go = '#!/bin/sh\necho "go: was asked" >&2\nexit 1\n'
    const { stdout, stderr } = await render({ programs: { go, kubectl } })
    expect(stdout).toBe(`# kubectl: kustomize --enable-alpha-plugins ${STACK}\n`)
    expect(stderr).toMatch(/^krm-hardening: using kubectl kustomize v5\.5\.0 \(\/.*\/kubectl, on PATH\)$/m)
  })

  test('nowhere else once Go has failed and the network is down', async () => {
    const go = '#!/bin/sh\necho "go: downloading" >&2\necho "dial tcp: no route to host" >&2\nexit 1\n'
    const { stderr, exitCode } = await render({ programs: { go } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('go install failed: dial tcp: no route to host')
    expect(stderr).toContain('kustomize_v5.5.0_')
  })

  test('nowhere else: the message says where it looked and how to get one', async () => {
    const kubectl = '#!/bin/sh\necho "Kustomize Version: v5.0.1"\n'
    const { stdout, stderr, exitCode } = await render({ programs: { kubectl } })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(
      'error: no kustomize to build with:\n  - PATH has no kustomize\n  - no earlier run has installed ',
    )
    expect(stderr).toContain('  - PATH has no go to install one with\n')
    expect(stderr).toContain('carries kustomize v5.0.1, expected v5.3 or later\n')
    expect(stderr).toContain('https://kubectl.docs.kubernetes.io/installation/kustomize/')
  })
})

describe('the pinned release', () => {
  const serve = async <T>(body: Buffer, use: (url: string) => Promise<T>): Promise<T> => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/archive' ? 200 : 404
      response.end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    } finally {
      server.close()
    }
  }

  const archive = async (): Promise<Buffer> => {
    const made = folder()
    writeFileSync(join(made, 'kustomize'), kustomize(PINNED), { mode: 0o755 })
    await run('tar', ['-czf', join(made, 'a.tar.gz'), '-C', made, 'kustomize'])
    return readFileSync(join(made, 'a.tar.gz'))
  }

  test('is kept if its checksum is the pinned one', async () => {
    const bytes = await archive()
    const env = { XDG_CACHE_HOME: folder() }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const path = await serve(bytes, (url) => installFromRelease({ url: `${url}/archive`, sha256 }, env))
    expect(path).toBe(cached(env.XDG_CACHE_HOME))
    expect((await run(path, ['version'])).stdout).toBe(`${PINNED}\n`)
  })

  test('is thrown away if its checksum is another, or missing', async () => {
    const bytes = await archive()
    const env = { XDG_CACHE_HOME: folder() }
    mkdirSync(dirname(cached(env.XDG_CACHE_HOME)), { recursive: true })
    const sha256 = '0'.repeat(64)
    const install = (path: string) => serve(bytes, (url) => installFromRelease({ url: `${url}${path}`, sha256 }, env))
    await expect(install('/archive')).rejects.toThrow(/^its sha256 is [0-9a-f]{64}, expected 0{64}$/)
    await expect(install('/absent')).rejects.toThrow('the server answered 404 Not Found')
    expect(readdirSync(dirname(cached(env.XDG_CACHE_HOME)))).toEqual([])
  })

  test('is kept in a folder of the user’s own, or not at all', async () => {
    expect(installedKustomize({ XDG_CACHE_HOME: '/cache', HOME: '/home/me' })).toBe(cached('/cache'))
    expect(installedKustomize({ HOME: '/home/me' })).toBe(cached('/home/me/.cache'))
    expect(installedKustomize({ HOME: '' })).toBeUndefined()
    const archive = { url: 'http://127.0.0.1:1', sha256: '' }
    await expect(installFromRelease(archive, {})).rejects.toThrow(
      'neither XDG_CACHE_HOME nor HOME says where to keep it',
    )
  })

  test('is pinned for the machines that people work on, and for no other', () => {
    expect(pinnedArchive('darwin', 'arm64')?.url).toBe(
      'https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv5.5.0/kustomize_v5.5.0_darwin_arm64.tar.gz',
    )
    const machines = ['linux', 'darwin'].flatMap((platform) =>
      ['x64', 'arm64'].map((cpu) => pinnedArchive(platform, cpu)),
    )
    expect(new Set(machines.map((machine) => machine?.sha256)).size).toBe(4)
    expect(pinnedArchive('win32', 'x64')).toBeUndefined()
  })
})
