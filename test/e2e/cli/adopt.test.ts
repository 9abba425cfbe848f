import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commit, git, ROOT, repository, shell, stepsOf } from '../../adopt/lib.ts'
import { type Ended, removeFolders } from '../../cli/lib/command-line.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { objectsOf } from '../../support/stacks.ts'

// docs/adopt.md, executed: its shell in a shell, its patches by git.
const markdown = readFileSync(join(ROOT, 'docs/adopt.md'), 'utf8')
const steps = stepsOf(markdown)
let root: string
let registry: Registry
const ended: { text: string; result: Ended }[] = []

const IMAGES = [
  'acme/shop-api:2024.11.3',
  'busybox',
  'curlimages/curl:8.10.1',
  'bitnami/redis-exporter:1.44.0',
  'bitnami/redis:7.0.5-debian-11-r7',
  'nginx:1.27-alpine',
  'postgres:15.4',
]

beforeAll(async () => {
  root = await repository()
  registry = await startRegistry(['docker.io'])
  await Promise.all(IMAGES.map((image) => registry.put(image, image)))
  const bash = shell(registry.env)
  for (const { language, text } of steps) {
    if (language === 'diff')
      await bash(`git apply - <<'PATCH'\n${text}PATCH\n`, root).then((result) => note(text, result))
    // A reader runs one line after the other.
    else for (const line of text.trim().split('\n')) note(line, await bash(line, root))
  }
})
afterAll(async () => {
  await registry.stop()
  removeFolders()
})

const note = (text: string, result: Ended): number => ended.push({ text, result })
const resultOf = (command: string): Ended => {
  const found = ended.find(({ text }) => text.startsWith(command))
  if (!found) throw new Error(`docs/adopt.md does not run: ${command}`)
  return found.result
}

test('the guide has five steps', () => {
  expect(markdown.match(/^## \d\. /gm)).toEqual(['## 1. ', '## 2. ', '## 3. ', '## 4. ', '## 5. '])
})

test('every command and every patch of the guide works', () => {
  expect(ended.map(({ text, result }) => [text, result.exitCode, result.exitCode === 0 ? '' : result.stderr])).toEqual(
    ended.map(({ text }) => [text, 0, '']),
  )
})

test('what it says to fix is all there is to fix', () => {
  const { stdout } = resultOf('krm-hardening init deploy')
  const toFix = stdout
    .slice(stdout.indexOf('To fix'))
    .split('\n')
    .filter((line) => line.startsWith('- '))
  expect(toFix).toEqual([
    expect.stringMatching(/^- security-context-enforcer\/[\w-]+: Deployment store\/acme-shop-api: .*found 0/),
    expect.stringMatching(
      /^- network-policy-default-deny(?:\/[\w-]+)?: NetworkPolicy store\/acme-redis-master: .*written by hand/,
    ),
  ])
})

test('it ends with a stack that is hardened', async () => {
  expect(resultOf('krm-hardening verify').stdout).toMatch(/^deploy\/shop: hardened \(\d+ objects looked at\)$/m)
  expect(resultOf('krm-hardening check').stdout).toMatch(/^7 flows match$/m)
  const { stdout } = await shell()('krm-hardening render deploy/shop', root)
  const kinds = objectsOf(stdout).map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  expect(kinds).toEqual(
    expect.arrayContaining([
      'CronJob acme-nightly-report',
      'NetworkPolicy acme-nightly-report',
      'NetworkPolicy default-deny',
      'PodDisruptionBudget acme-shop-web',
      'Sidecar acme-shop-api',
    ]),
  )
  const images = objectsOf(stdout).flatMap((object) => JSON.stringify(object).match(/"image":"[^"]*/g) ?? [])
  expect(images.filter((image) => !/@sha256:[a-f0-9]{64}$/.test(image))).toEqual([])
  expect(images).toHaveLength(IMAGES.length)
})

test('a caller named by its workload, not by its labels, is reported with the labels that name it', async () => {
  await commit(root)
  const flows = join(root, 'deploy/shop/hardening/flows.yaml')
  const text = readFileSync(flows, 'utf8')
  const mistaken = text.replace(/(api\.payments\.example:443:\n\s+from:\n\s+- ).*/, '$1store/acme-shop-api')
  expect(mistaken).not.toBe(text)
  const { stdout, exitCode } = await shell()(
    `cat >deploy/shop/hardening/flows.yaml <<'FLOWS'\n${mistaken}FLOWS\nkrm-hardening check deploy/shop`,
    root,
  )
  await git(root, 'checkout', '--', '.')
  expect(exitCode).toBe(1)
  expect(stdout).toContain('found caller store/acme-shop-api, which matches no pod of any stack')
  expect(stdout).toContain('{"namespace":"store","labels":{"app":"shop-api","release":"acme"}}')
})
