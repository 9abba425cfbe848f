import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Registry, startRegistry } from '../lib/registry.ts'
import { type Ended, krmHardening, program, removeFolders, systemTools, tree } from './lib/command-line.ts'

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
  test('renews what has a tag, pins what waits for it, and keeps everything else', async () => {
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

  test('the last exception that goes takes allowTag with it', async () => {
    const { text } = await lock(policy('  images:\n    allowTag:\n      busybox: {reason: not pinned yet}\n'))
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

test('writes into the kind on its own as well', async () => {
  const { text } = await lock(policy('  digests: {}\n', 'ImageMirrorDigest'), 'busybox')
  expect(text).toBe(policy(`  digests:\n    busybox: ${digests.busybox}\n`, 'ImageMirrorDigest'))
})

describe('--check', () => {
  test('writes nothing and fails where the lock is behind', async () => {
    const { text, stdout, exitCode } = await lock(LOCK, '--check')
    expect({ text, exitCode }).toEqual({ text: LOCK, exitCode: 1 })
    expect(stdout).toContain('2 images asked for, 2 would change; nothing was written\n')
  })

  test('passes where it is not, and says for machines what it found', async () => {
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
    ['a file that is no YAML', '{', [], 2, /^error: images\.yaml cannot be read as YAML: /],
  ])('%s', async (_what, text, args, exitCode, reason) => {
    const ended = await lock(text, ...args)
    expect({ text: ended.text, stdout: ended.stdout, exitCode: ended.exitCode }).toEqual({ text, stdout: '', exitCode })
    expect(ended.stderr).toMatch(reason)
  })

  test('a file that is not there', async () => {
    const { stderr, exitCode } = await krmHardening(['lock', 'nowhere.yaml'])
    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: nowhere.yaml: found no such file, expected a policy\n',
      exitCode: 2,
    })
  })

  test('where nothing can ask a registry', async () => {
    const cwd = tree({ 'images.yaml': LOCK })
    const { stderr, exitCode } = await krmHardening(['lock', 'images.yaml'], { cwd, env: { PATH: systemTools() } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('no program that asks registries on PATH; expected one of skopeo, crane, docker')
  })

  test('an answer that is no digest', async () => {
    const cwd = tree({ 'images.yaml': LOCK })
    const bin = systemTools()
    program(join(bin, 'crane'), '#!/bin/sh\necho a login page\n')
    const { stderr, exitCode } = await krmHardening(['lock', 'images.yaml'], { cwd, env: { PATH: bin } })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('nginx:1.27: crane answered "a login page\\n"')
    expect(readFileSync(join(cwd, 'images.yaml'), 'utf8')).toBe(LOCK)
  })
})
