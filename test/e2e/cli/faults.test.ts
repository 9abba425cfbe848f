import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CLI,
  edit,
  FIXTURES,
  fixtures,
  folder,
  krmHardening,
  program,
  removeFolders,
  run,
  systemTools,
  tree,
} from '../../cli/lib/command-line.ts'
import { eventually } from '../../support/eventually.ts'
import { kustomize } from '../../support/programs.ts'

// Faults of the machine, made by its kernel: mounts of their own (root), signals, and programs that end in the middle.

afterAll(removeFolders)

const HOMELAB = join(__dirname, '../../../examples/homelab')
const FUNCTIONS = join(__dirname, '../../../dist/functions.cjs')
const LOCK = `apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
spec:
  images:
    digests:
      nginx:1.27: sha256:${'0'.repeat(64)}
      redis:7: sha256:${'0'.repeat(64)}
`
const ANSWER = `sha256:${'1'.repeat(64)}`
const SHOP = readFileSync(join(FIXTURES, 'environment/stacks/shop/resources.yaml'), 'utf8')

/** A folder with the programs of the system and a crane, which runs this script. */
function withCrane(script: string): string {
  const bin = systemTools()
  program(join(bin, 'crane'), `#!/bin/sh\n${script}\n`)
  return bin
}

/** Runs a script of a shell in mounts of its own; `$ROOT` is a folder. */
const inMounts = (script: string, root: string, path = process.env.PATH ?? '') =>
  run('unshare', ['--mount', 'bash', '-ec', script], {
    env: { NODE: process.execPath, CLI, ROOT: root, KUSTOMIZE: kustomize(), CLIENTS: path },
  })

const READ_ONLY = 'mount --bind "$ROOT" "$ROOT"; mount -o remount,ro,bind "$ROOT"; cd "$ROOT"'
/** A disk of one page that is full but for the files of the folder. */
const FULL =
  'disk=$(mktemp -d); mount -t tmpfs -o size=16k tmpfs "$disk"; cp -r "$ROOT"/. "$disk"; cd "$disk"; cat /dev/zero >filler 2>/dev/null || true'

const stack = () => tree({ 'kustomization.yaml': 'namespace: shop\nresources: [shop.yaml]\n', 'shop.yaml': SHOP })

describe.each([
  ['a read-only tree', READ_ONLY, 'the file system is read-only (EROFS)'],
  ['a full disk', FULL, 'no space left on the disk (ENOSPC)'],
])('%s', (_, prepare, reason) => {
  test('makes init name the file and the cause, and leaves nothing of it', async () => {
    const root = stack()
    const { stdout, stderr, exitCode } = await inMounts(
      `${prepare}; code=0; "$NODE" "$CLI" init . || code=$?; ls -A | grep -v filler >&2; exit $code`,
      root,
    )
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(`cannot be written: ${reason}`)
    expect(stderr).toMatch(/\nkustomization\.yaml\nshop\.yaml\n$/)
  })

  test('makes lock name the file and the cause, and leaves it as it was', async () => {
    const root = tree({ 'images.yaml': LOCK })
    const { stdout, stderr, exitCode } = await inMounts(
      `${prepare}; code=0; PATH=$CLIENTS "$NODE" "$CLI" lock images.yaml >&2 || code=$?; cat images.yaml; ls -A | grep -v filler >&2; exit $code`,
      root,
      withCrane(`echo ${ANSWER}`),
    )
    expect({ stdout, exitCode }).toEqual({ stdout: LOCK, exitCode: 2 })
    expect(stderr).toContain(`images.yaml cannot be written: ${reason}`)
    expect(stderr).toMatch(/\nimages\.yaml\n$/)
  })

  test('makes outdated --apply name the file and the cause, and leaves every file as it was', async () => {
    const pod = (name: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: web, image: quay.io/acme/web:1.4.1}]}\n---\n`
    const root = tree({ 'a.yaml': pod('a'), 'b.yaml': pod('b') })
    const { stdout, stderr, exitCode } = await inMounts(
      `${prepare}; code=0; PATH=$CLIENTS "$NODE" "$CLI" outdated --apply >/dev/null || code=$?; cat a.yaml b.yaml; ls -A | grep -v filler >&2; exit $code`,
      root,
      withCrane('[ "$1" != ls ] || printf \'%s\\n\' 1.4.1 1.5.0'),
    )
    expect({ stdout, exitCode }).toEqual({ stdout: pod('a') + pod('b'), exitCode: 2 })
    expect(stderr).toContain(`a.yaml cannot be written: ${reason}`)
    expect(stderr).toMatch(/\na\.yaml\nb\.yaml\n$/)
  })

  test.each([
    ['render --output out stack', 'out/manifests.yaml'],
    ['flux new media/films repository', 'repository/apps/media/films/ks.yaml'],
    ['flux --fix repository', 'repository/apps/network/external/ks.yaml'],
  ])('makes %s name the file and the cause, and leaves every file as it was', async (command, file) => {
    const root = folder()
    cpSync(stack(), join(root, 'stack'), { recursive: true })
    cpSync(HOMELAB, join(root, 'repository'), { recursive: true })
    edit(join(root, 'repository/apps/network/external/ks.yaml'), (text) => text.replace('wait: true', 'wait: false'))
    const files = 'find . -type f ! -name filler | sort | xargs sha1sum'
    const { stdout, stderr, exitCode } = await inMounts(
      `${prepare.replace('16k', '8m')}; before=$(${files}); code=0; "$NODE" "$CLI" ${command} >&2 || code=$?; [ "$before" = "$(${files})" ] && echo the same; exit $code`,
      root,
    )
    expect({ stdout, exitCode }).toEqual({ stdout: 'the same\n', exitCode: 2 })
    expect(stderr).toContain(`error: ${file} cannot be written: ${reason}`)
  })

  test('does not keep render from reading', async () => {
    const { stdout, exitCode } = await inMounts(`${prepare}; exec "$NODE" "$CLI" render .`, stack())
    expect(exitCode).toBe(0)
    expect(stdout).toContain('kind: ')
  })

  test('in the place of the temporary folder makes render say so, and print nothing', async () => {
    const { stdout, stderr, exitCode } = await inMounts(
      `${prepare}; full=$PWD; cd /; TMPDIR=$full exec "$NODE" "$CLI" render "$STACK"`.replace('$STACK', stack()),
      folder(),
    )
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toMatch(/^error: .*cannot be written/m)
  })
})

describe('a full disk under stdout', () => {
  const environment = (): string => {
    const root = fixtures()
    cpSync(HOMELAB, join(root, 'repository'), { recursive: true })
    writeFileSync(join(root, 'rendering.yaml'), SHOP)
    return root
  }
  test.each([
    'init --dry-run environment/stacks/shop',
    'render environment',
    'render --diff environment',
    'render --output json environment',
    'verify --output json environment',
    'check --output json environment',
    'graph environment',
    'stacks environment',
    'flux repository',
    'outdated --no-changes --output json policy',
    'explain',
    'explain objects/changed',
    'status --help',
  ])('makes %s fail and say so', async (command) => {
    const { stderr, exitCode } = await run('bash', ['-c', `"$NODE" "$CLI" ${command} >/dev/full`], {
      cwd: environment(),
      env: { NODE: process.execPath, CLI, KUSTOMIZE: kustomize() },
    })
    expect(stderr).toContain('error: stdout cannot be written: no space left on the disk (ENOSPC)')
    expect(exitCode).toBe(2)
  })
})

describe('what asks registries', () => {
  test('stops in the middle: nothing is written', async () => {
    const cwd = tree({ 'images.yaml': LOCK })
    const bin = withCrane(`[ "$2" != redis:7 ] || kill -KILL $$; echo ${ANSWER}`)
    const { stderr, exitCode } = await krmHardening(['lock', 'images.yaml'], { cwd, env: { PATH: bin } })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('nothing was written\nredis:7: crane answered ""')
    expect(readFileSync(join(cwd, 'images.yaml'), 'utf8')).toBe(LOCK)
    expect(readdirSync(cwd)).toEqual(['images.yaml'])
  })

  test('is a docker without buildx: the message names it and what is missing', async () => {
    const cwd = tree({ 'images.yaml': LOCK })
    const bin = systemTools()
    program(join(bin, 'docker'), '#!/bin/sh\necho "docker: \'buildx\' is not a docker command." >&2\nexit 1\n')
    const { stdout, stderr, exitCode } = await krmHardening(['lock', 'images.yaml'], { cwd, env: { PATH: bin } })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('docker is on PATH without its plugin buildx')
    expect(readFileSync(join(cwd, 'images.yaml'), 'utf8')).toBe(LOCK)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'is waited for when %s comes: nothing is written, nothing runs on',
    async (signal) => {
      const cwd = tree({ 'images.yaml': LOCK })
      const started = folder()
      const bin = withCrane(`echo $$ >"${started}/$$"; exec /bin/sleep 60`)
      const child = spawn(process.execPath, [CLI, 'lock', 'images.yaml'], { cwd, env: { PATH: bin }, stdio: 'ignore' })
      const ended = new Promise((resolve) => child.on('exit', resolve))
      await eventually(
        () => readdirSync(started).length,
        (count) => count === 2,
      )
      child.kill(signal)
      expect(await ended).toBe(signal === 'SIGTERM' ? 143 : 130)
      const alive = () => readdirSync(started).filter((pid) => existsSync(`/proc/${pid}`))
      expect(await eventually(alive, (pids) => pids.length === 0)).toEqual([])
      expect(readFileSync(join(cwd, 'images.yaml'), 'utf8')).toBe(LOCK)
      expect(readdirSync(cwd)).toEqual(['images.yaml'])
    },
  )
})

describe('the functions', () => {
  const LIST = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
${Array.from({ length: 2000 }, (_, index) => `- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c${index}}\n`).join('')}functionConfig:
  apiVersion: krm-hardening.dev/v1alpha1
  kind: SecurityContextEnforcer
  metadata: {name: policy}
`
  const piped = (command: string, stdin = LIST) =>
    run('bash', ['-c', command], { env: { NODE: process.execPath, FUNCTIONS }, stdin })

  test('end silently if their reader goes away', async () => {
    const { stdout, stderr } = await piped('"$NODE" "$FUNCTIONS" | head -n 1; printf "%s" "${PIPESTATUS[0]}"')
    expect(stdout).toMatch(/^apiVersion: config\.kubernetes\.io\/v1\n\d+$/)
    expect(stdout).not.toMatch(/\n3$/)
    expect(stderr).toBe('')
  })

  test('fail if stdout is full', async () => {
    const { stderr, exitCode } = await piped('"$NODE" "$FUNCTIONS" >/dev/full')
    expect(exitCode).toBe(2)
    expect(stderr).toBe('error: runner/unwritable: stdout cannot be written: ENOSPC: no space left on device, write\n')
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGPIPE'] as const)(
    'print nothing if %s comes before the input ends',
    async (signal) => {
      const child = spawn(process.execPath, [FUNCTIONS], { stdio: ['pipe', 'pipe', 'ignore'] })
      let stdout = ''
      child.stdout.on('data', (chunk) => {
        stdout += chunk
      })
      child.stdin.on('error', () => undefined)
      const ended = new Promise((resolve) => child.on('exit', (code, by) => resolve(code ?? by)))
      await new Promise((resolve) => child.stdin.write(LIST.slice(0, LIST.length / 2), resolve))
      child.kill(signal)
      child.stdin.end()
      expect(await ended).not.toBe(0)
      expect(stdout).toBe('')
    },
  )
})

test('one stack that fails among many: nothing is printed, it alone is named, and nothing is left', async () => {
  const temporary = folder()
  const names = Array.from({ length: 12 }, (_, index) => `s${index}`)
  const root = tree({
    'kustomization.yaml': `resources: [${names.join(', ')}]\n`,
    ...Object.fromEntries(
      names.flatMap((name) => [
        [`${name}/kustomization.yaml`, `resources: [a.yaml${name === 's7' ? ', absent.yaml' : ''}]\n`],
        [`${name}/a.yaml`, `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`],
      ]),
    ),
  })
  mkdirSync(join(root, 'out'))
  const { stdout, stderr, exitCode } = await krmHardening(['render', '.'], { cwd: root, env: { TMPDIR: temporary } })
  expect(stdout).toBe('')
  expect(exitCode).toBeGreaterThan(0)
  expect(stderr).toContain('s7')
  expect(stderr).not.toMatch(/s8 does not build/)
  expect(readdirSync(temporary)).toEqual([])
})
