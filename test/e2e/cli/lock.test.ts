import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, krmHardening, program, removeFolders, systemTools, tree } from '../../cli/lib/command-line.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'

let registry: Registry
const digests: Record<string, string> = {}
beforeAll(async () => {
  registry = await startRegistry(['docker.io', 'quay.io'])
  for (const reference of ['grafana/mimir:3.0.0', 'nginx:1.27', 'busybox', 'quay.io/coreos/etcd:v3.5.21'])
    digests[reference] = await registry.put(reference, 'first')
})
afterAll(async () => {
  await registry.stop()
  removeFolders()
})

const OLD = `sha256:${'0'.repeat(64)}`
const policy = (images: string, kind = 'Hardening'): string => `# Where images come from.
apiVersion: krm-hardening.dev/v1alpha1
kind: ${kind}
metadata:
  name: hardening
spec:
${images}`

/** Runs lock on a file of its own; gives how it ended and what the file then holds. */
async function lock(text: string, ...args: string[]): Promise<Ended & { text: string }> {
  const root = tree({ 'images.yaml': text })
  const ended = await krmHardening(['lock', 'images.yaml', ...args], { cwd: root, env: registry.env })
  return { ...ended, text: readFileSync(join(root, 'images.yaml'), 'utf8') }
}

const LOCK = policy(`  images:
    mirrors: {"*": registry.example.com/mirror} # one for all
    digests:
      # the stack's own
      grafana/mimir:3.0.0: ${OLD}
      memcached: ${OLD} # no tag: no registry can be asked
    allowTag:
      nginx:1.27: {reason: not pinned yet}
      quay.io/acme/daily: {reason: built every day}
`)

describe('without images', () => {
  test('renews digests of tags, pins images that wait for one, and keeps everything else', async () => {
    const { text, stdout, exitCode } = await lock(LOCK)
    expect({ text, exitCode }).toEqual({
      exitCode: 0,
      text: policy(`  images:
    mirrors: {"*": registry.example.com/mirror} # one for all
    digests:
      # the stack's own
      grafana/mimir:3.0.0: ${digests['grafana/mimir:3.0.0']}
      memcached: ${OLD} # no tag: no registry can be asked
      nginx:1.27: ${digests['nginx:1.27']}
    allowTag:
      quay.io/acme/daily: {reason: built every day}
`),
    })
    expect(stdout).toBe(
      `grafana/mimir:3.0.0: ${OLD} → ${digests['grafana/mimir:3.0.0']}\nnginx:1.27: ${digests['nginx:1.27']}\n2 images asked for, 2 changed\n`,
    )
  })

  test('a second run changes no byte', async () => {
    const first = await lock(LOCK)
    const second = await lock(first.text)
    expect(second).toMatchObject({ text: first.text, stdout: '2 images asked for, 0 changed\n', exitCode: 0 })
  })

  test('the last exception to go takes allowTag with it', async () => {
    const { text } = await lock(policy('  images:\n    allowTag:\n      busybox: {reason: not pinned yet}\n'))
    expect(text).toBe(policy(`  images:\n    digests:\n      busybox:latest: ${digests.busybox}\n`))
  })

  test('an exception that waits for a digest that the lock already has is removed', async () => {
    const pinned = `  images:\n    digests:\n      busybox:latest: ${digests.busybox}\n`
    const { text } = await lock(policy(`${pinned}    allowTag:\n      busybox: {reason: not pinned yet}\n`))
    expect(text).toBe(policy(pinned))
  })

  test('an entry that a patch takes out of the lock stays out', async () => {
    const patch = policy(`  images:\n    digests:\n      grafana/mimir:3.0.0: null\n      nginx:1.27: ${OLD}\n`)
    const { text } = await lock(patch)
    expect(text).toBe(patch.replace(OLD, digests['nginx:1.27'] ?? ''))
  })
})

describe('keeps how the rest of the file is written', () => {
  const REST = `    mirrors:   {"*": registry.example.com/mirror}   # one for all
  securityContext:
    containers:
        own: {runAsUser: 12345678901234567890, mode: 0644, on: 1e3}
`
  const withEntry = (entries: string): string => policy(`  images:\n    digests:\n${entries}${REST}`)

  test('byte for byte, if digests are renewed', async () => {
    const { text } = await lock(withEntry(`        'nginx:1.27':  "${OLD}"   # the proxy\n`))
    expect(text).toBe(withEntry(`        'nginx:1.27':  "${digests['nginx:1.27']}"   # the proxy\n`))
  })

  test('and its values, if one is added', async () => {
    const { text } = await lock(withEntry(`      redis: ${OLD}\n`), 'nginx:1.27')
    expect(text).toBe(
      withEntry(`      redis: ${OLD}\n      nginx:1.27: ${digests['nginx:1.27']}\n`)
        .replace('mirrors:   ', 'mirrors: ')
        .replace('}   #', '} #')
        .replace('        own', '      own')
        .replace('1e3', '1e+3'),
    )
  })

  test('and its indent and line ends', async () => {
    const written = (entries: string): string =>
      `apiVersion: krm-hardening.dev/v1alpha1\nkind: Hardening\nspec:\n    images:\n        digests:\n${entries}`.replaceAll(
        '\n',
        '\r\n',
      )
    const { text } = await lock(written(`            redis: ${OLD}\n`), 'nginx:1.27')
    expect(text).toBe(written(`            redis: ${OLD}\n            nginx:1.27: ${digests['nginx:1.27']}\n`))
  })
})

test.each([
  ['an empty lock', '  images:\n    digests:\n', '  images:\n    digests:\n      nginx:1.27: DIGEST\n'],
  ['no policy yet', '', '  images:\n    digests:\n      nginx:1.27: DIGEST\n'],
  [
    'a lock under an alias',
    `  images: {places: &shared {}, digests: *shared}\n`,
    '  images: {places: &shared {}, digests: {nginx:1.27: DIGEST}}\n',
  ],
])('adds to %s', async (_what, before, after) => {
  const { text } = await lock(policy(before), 'nginx:1.27')
  expect(text).toBe(policy(after.replace('DIGEST', digests['nginx:1.27'] ?? '')))
})

describe('an image without a tag', () => {
  test('is locked as latest, so that no other tag runs it', async () => {
    const { text } = await lock(policy('  images:\n    digests: {}\n'), 'busybox')
    expect(text).toBe(policy(`  images:\n    digests:\n      busybox:latest: ${digests.busybox}\n`))
  })

  test('or under the key without a tag that the lock has', async () => {
    const { text } = await lock(policy(`  images:\n    digests:\n      busybox: ${OLD}\n`), 'busybox')
    expect(text).toBe(policy(`  images:\n    digests:\n      busybox: ${digests.busybox}\n`))
  })
})

test('adds the images that are named, and asks for no other', async () => {
  const { text, stdout } = await lock(LOCK, 'quay.io/coreos/etcd:v3.5.21')
  expect(text).toBe(
    LOCK.replace(
      '    allowTag:',
      `      quay.io/coreos/etcd:v3.5.21: ${digests['quay.io/coreos/etcd:v3.5.21']}\n    allowTag:`,
    ),
  )
  expect(stdout).toMatch(/^quay\.io\/coreos\/etcd:v3\.5\.21: sha256:[a-f0-9]{64}\n1 images asked for, 1 changed\n$/)
})

test('also writes to the kind ImageMirrorDigest', async () => {
  const { text } = await lock(policy('  digests: {}\n', 'ImageMirrorDigest'), 'nginx:1.27')
  expect(text).toBe(policy(`  digests:\n    nginx:1.27: ${digests['nginx:1.27']}\n`, 'ImageMirrorDigest'))
})

describe('--check', () => {
  test('writes nothing, and fails if the lock is behind', async () => {
    const { text, stdout, exitCode } = await lock(LOCK, '--check')
    expect({ text, exitCode }).toEqual({ text: LOCK, exitCode: 1 })
    expect(stdout).toContain('2 images asked for, 2 would change; nothing was written\n')
  })

  test('passes if it is not, and lists for machines what it found', async () => {
    const current = policy(`  images:\n    digests:\n      busybox:latest: ${digests.busybox}\n`)
    const { stdout, exitCode } = await lock(current, '--check', '--output', 'json')
    expect({ exitCode, said: JSON.parse(stdout) }).toEqual({
      exitCode: 0,
      said: {
        ok: true,
        images: [{ reference: 'busybox:latest', before: digests.busybox, digest: digests.busybox }],
      },
    })
  })
})

describe('refuses, and writes nothing', () => {
  test.each([
    ['a tag that is nowhere', LOCK, ['nginx:9.9.9'], 1, /skopeo found no digest; nothing was written\nnginx:9\.9\.9: /],
    ['what is no image', LOCK, ['Nginx'], 2, /Nginx: found upper case in "Nginx", where none is allowed, expected an/],
    ['a digest', LOCK, [`nginx@${OLD}`], 2, /found a digest, expected an image by its tag/],
    [
      'a file of another kind',
      LOCK.replace('kind: Hardening', 'kind: ConfigMap'),
      [],
      2,
      /^error: images\.yaml: found ConfigMap of krm-hardening\.dev\/v1alpha1, expected Hardening or ImageMirrorDigest/,
    ],
    [
      'a lock that is no map',
      policy('  images:\n    digests: [nginx]\n'),
      [],
      2,
      /spec\.images\.digests: .*expected a map/,
    ],
    [
      'an exception that waits and names no image',
      policy('  images:\n    allowTag:\n      Nginx: {reason: not pinned yet}\n'),
      [],
      2,
      /Nginx: found upper case in "Nginx"/,
    ],
    ['a file that is no YAML', '{', [], 2, /^error: images\.yaml cannot be read as YAML: /],
  ])('%s', async (_what, text, args, exitCode, reason) => {
    const ended = await lock(text, ...args)
    expect({ text: ended.text, stdout: ended.stdout, exitCode: ended.exitCode }).toEqual({ text, stdout: '', exitCode })
    expect(ended.stderr).toMatch(reason)
  })

  test.each(['nowhere.yaml', '.'])('a path that is no file: %s', async (path) => {
    const { stderr, exitCode } = await krmHardening(['lock', path])
    expect({ stderr, exitCode }).toEqual({
      stderr: `error: ${path}: found no such file, expected a policy\n`,
      exitCode: 2,
    })
  })

  test('if nothing can ask a registry', async () => {
    const cwd = tree({ 'images.yaml': LOCK })
    const { stderr, exitCode } = await krmHardening(['lock', 'images.yaml'], { cwd, env: { PATH: systemTools() } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('no program that asks registries on PATH; expected one of skopeo, crane, docker')
  })

  test('an answer that is not a digest', async () => {
    const cwd = tree({ 'images.yaml': LOCK })
    const bin = systemTools()
    program(join(bin, 'crane'), '#!/bin/sh\necho a login page\n')
    const { stderr, exitCode } = await krmHardening(['lock', 'images.yaml'], { cwd, env: { PATH: bin } })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('nginx:1.27: crane answered "a login page\\n"')
    expect(readFileSync(join(cwd, 'images.yaml'), 'utf8')).toBe(LOCK)
  })
})
