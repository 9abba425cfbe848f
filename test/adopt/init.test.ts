import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readLockFile } from '../../cli/lock/lock-file.ts'
import { IMAGE, removeFolders, tree } from '../cli/lib/command-line.ts'
import { krmHardening } from '../cli/lib/in-process.ts'
import { filesOf, git, goldens, repository } from './lib.ts'

afterAll(removeFolders)

const init = (cwd: string, ...args: string[]) => krmHardening(['init', ...args], { cwd })

const MAILER = `apiVersion: apps/v1
kind: Deployment
metadata: {name: mailer}
spec:
  selector: {matchLabels: {app: mailer}}
  template:
    metadata: {labels: {app: mailer}}
    spec:
      containers: [{name: main, image: acme/mailer, args: ["mail.catalog.svc:8025", "acme-postgresql:5432"]}]
`

describe('init on the shop of a stranger', () => {
  let root: string
  beforeAll(async () => {
    root = await repository()
  })

  test('writes what its golden shows', async () => {
    expect((await init(root, 'deploy/shop')).exitCode).toBe(0)
    const files = filesOf(join(root, 'deploy/shop/hardening'))
    const policy = files['policy.yaml']?.replace(IMAGE, 'PUBLISHED_IMAGE')
    const written = { ...files, ...(policy !== undefined && { 'policy.yaml': policy }) }
    expect(files['policy.yaml']).toContain(`image: ${IMAGE}\n`)
    expect(written).toEqual(goldens('shop', written))
  })

  test('adds two lines to the kustomization, and changes nothing else', async () => {
    expect(await git(root, 'status', '--porcelain')).toBe(
      ' M deploy/shop/kustomization.yaml\n?? deploy/shop/hardening/\n',
    )
    const diff = await git(root, 'diff', '--unified=0')
    expect(diff.split('\n').filter((line) => /^[-+](?![-+])/.test(line))).toEqual(['+transformers:', '+  - hardening'])
  })

  test('finds nothing new at a second run, and leaves what is there', async () => {
    const before = filesOf(join(root, 'deploy/shop/hardening'))
    expect(await init(root, 'deploy/shop')).toMatchObject({ exitCode: 0 })
    expect(filesOf(join(root, 'deploy/shop/hardening'))).toEqual(before)
  })

  test('adds the flows of what is new, and nothing else', async () => {
    const kustomization = join(root, 'deploy/shop/kustomization.yaml')
    writeFileSync(
      kustomization,
      readFileSync(kustomization, 'utf8').replace(/^resources:/m, 'resources:\n  - mailer.yaml'),
    )
    writeFileSync(join(root, 'deploy/shop/mailer.yaml'), MAILER)
    const before = filesOf(join(root, 'deploy/shop/hardening'))
    expect(await init(root, 'deploy/shop')).toMatchObject({ exitCode: 0 })
    expect(filesOf(join(root, 'deploy/shop/hardening'))).toEqual({
      ...before,
      'flows.yaml': `${before['flows.yaml']}    catalog/mail:8025:
      from:
      - {namespace: store, labels: {app: mailer}} # Deployment acme-mailer: container main: args[0]
    # store/acme-postgresql:5432:
    #   from:
    #   - acme-mailer # Deployment acme-mailer: container main: args[1]
`,
    })
  })
})

const MANY = `apiVersion: v1
kind: ConfigMap
metadata: {name: shared}
data: {SMTP_HOST: mail}
---
apiVersion: v1
kind: Service
metadata: {name: mail}
spec: {selector: {app: mail}, ports: [{port: 25}]}
`
const pod = (name: string, container = ''): string => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {containers: [{name: main, image: example/${name}${container}}]}
`
const SHARED = ', envFrom: [{configMapRef: {name: shared}}]'

test('a caller in a comment of an active flow is not proposed again', async () => {
  const sure = pod('sure', ', env: [{name: SMTP_HOST, value: mail}]')
  const all = [MANY, pod('mail'), sure, pod('one', SHARED), pod('two', SHARED)].join('')
  const root = tree({ 'kustomization.yaml': 'namespace: shop\nresources:\n- all.yaml\n', 'all.yaml': all })
  const flows = (): string => readFileSync(join(root, 'hardening/flows.yaml'), 'utf8')
  await init(root)
  const first = flows()
  expect(first).toContain(
    '      - sure # Pod sure: container main: env SMTP_HOST\n      # - one # ConfigMap shared: SMTP_HOST\n',
  )
  await init(root)
  expect(flows()).toBe(first)
  writeFileSync(join(root, 'all.yaml'), all + pod('three', SHARED))
  await init(root)
  expect(flows()).toBe(`${first}    # shop/mail:25:\n    #   from:\n    #   - three # ConfigMap shared: SMTP_HOST\n`)
})

test('a dry run writes nothing, and prints the patch that makes the same files', async () => {
  const [root, other] = [await repository(), await repository()]
  const { stdout, stderr, exitCode } = await init(root, '--dry-run', 'deploy/shop')
  expect(exitCode).toBe(0)
  expect(stderr).toContain('nothing was written')
  expect(await git(root, 'status', '--porcelain')).toBe('')
  writeFileSync(join(root, 'proposal.patch'), stdout)
  await git(root, 'apply', 'proposal.patch')
  await init(other, 'deploy/shop')
  for (const path of ['deploy/shop/kustomization.yaml', 'deploy/shop/hardening/flows.yaml'])
    expect(readFileSync(join(root, path), 'utf8')).toBe(readFileSync(join(other, path), 'utf8'))
})

test('lists for machines what it found, and nowhere the value of a Secret', async () => {
  const root = await repository()
  const { stdout, exitCode } = await init(root, '--dry-run', '--output', 'json', 'deploy/shop')
  expect(exitCode).toBe(0)
  const said = JSON.parse(stdout)
  expect(said).toMatchObject({ dryRun: true, refusals: expect.any(Array), review: expect.any(Array) })
  expect(said.files.map(({ path }: { path: string }) => path)).toEqual([
    'deploy/shop/hardening/kustomization.yaml',
    'deploy/shop/hardening/policy.yaml',
    'deploy/shop/hardening/flows.yaml',
    'deploy/shop/hardening/images.yaml',
    'deploy/shop/kustomization.yaml',
  ])
  expect(said.flows).toContainEqual({
    key: 'store/acme-postgresql:5432',
    callers: [
      {
        caller: 'acme-shop-api',
        certain: true,
        sources: ['Deployment acme-shop-api: container wait-for-db: command[2]', 'Secret acme-shop-db: DATABASE_URL'],
      },
    ],
  })
  expect(stdout).not.toContain('hunter2')
})

test('predicts the errors of the rendering', async () => {
  const root = await repository()
  const { stdout } = await init(root, '--output', 'json', 'deploy/shop')
  const predicted = JSON.parse(stdout).refusals.map(({ message }: { message: string }) => message)
  const { stderr, exitCode } = await krmHardening(['render', 'deploy/shop'], { cwd: root })
  expect(exitCode).toBe(1)
  expect(predicted.length).toBeGreaterThan(0)
  for (const message of predicted) expect(stderr).toContain(message)
  expect(stderr.match(/^error: [a-z/-]+: /gm)).toHaveLength(predicted.length)
})

test('leaves out sections that are not wanted, and their patches', async () => {
  const root = await repository()
  expect((await init(root, '--without', 'istio', '--without', 'images', 'deploy/shop')).exitCode).toBe(0)
  const { 'policy.yaml': policy, ...others } = filesOf(join(root, 'deploy/shop/hardening'))
  expect(policy?.match(/^ {2}\w+(?=:)/gm)).toEqual([
    '  name',
    '  annotations',
    '  securityContext',
    '  replication',
    '  networkPolicy',
  ])
  expect(Object.keys(others)).toEqual(['flows.yaml', 'kustomization.yaml'])
  const { stderr, exitCode } = await init(root, '--without', 'mesh', 'deploy/shop')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('expected one of images, securityContext, replication, istio, networkPolicy.')
})

const POD = {
  'pod.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: nginx}]}\n',
}

describe('the kustomization', () => {
  const extended = async (kustomization: string): Promise<string> => {
    const root = tree({ ...POD, 'kustomization.yaml': kustomization })
    expect(await init(root)).toMatchObject({ exitCode: 0 })
    return readFileSync(join(root, 'kustomization.yaml'), 'utf8')
  }

  test('gets the field at its end, indented like its other lists', async () => {
    const text = '# ours\nnamespace: shop # of all\nresources:\n- pod.yaml'
    expect(await extended(text)).toBe(`${text}\ntransformers:\n- hardening\n`)
    const windows = 'namespace: shop\r\nresources:\r\n  - pod.yaml\r\n'
    expect(await extended(windows)).toBe(`${windows}transformers:\r\n  - hardening\r\n`)
  })

  test('keeps the transformers that it has, which run first', async () => {
    const own =
      'apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: prefix}\nprefix: a-\nfieldSpecs: [{path: metadata/name}]\n'
    const root = tree({
      ...POD,
      'prefix.yaml': own,
      'kustomization.yaml': 'transformers: # ours\n- prefix.yaml # first\nnamespace: shop\nresources: [pod.yaml]\n',
    })
    expect((await init(root)).exitCode).toBe(0)
    expect(readFileSync(join(root, 'kustomization.yaml'), 'utf8')).toBe(
      'transformers: # ours\n- prefix.yaml # first\n- hardening\nnamespace: shop\nresources: [pod.yaml]\n',
    )
    expect((await krmHardening(['verify', root])).exitCode).toBe(0)
  })

  test('is refused if it cannot be extended without changing more', async () => {
    const root = tree({ ...POD, 'kustomization.yaml': '{namespace: shop, resources: [pod.yaml]}\n' })
    const { stdout, stderr, exitCode } = await init(root)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('found no place for `- hardening` under transformers without changing more')
    expect(filesOf(root)).toEqual({ ...POD, 'kustomization.yaml': '{namespace: shop, resources: [pod.yaml]}\n' })
  })
})

describe('refuses, and writes nothing', () => {
  const inShop = (...more: string[]): string => ['namespace: shop', 'resources: [pod.yaml]', ...more, ''].join('\n')

  test.each<[string, Record<string, string>, string]>([
    [
      'a build whose objects have no namespace',
      { ...POD, 'kustomization.yaml': 'resources: [pod.yaml]\n' },
      'found no namespace on Pod web; expected one, because flows and policies name it: add `namespace:` to ',
    ],
    [
      'a build without pods',
      {
        'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
        'kustomization.yaml': 'resources: [a.yaml]\n',
      },
      'builds no object with pods, so there is nothing to harden',
    ],
    [
      'a Component',
      { ...POD, 'kustomization.yaml': inShop('apiVersion: kustomize.config.k8s.io/v1alpha1', 'kind: Component') },
      'is a Component; expected a Kustomization, which is built by itself',
    ],
    [
      'a kustomization whose policies are of single functions',
      {
        ...POD,
        'policy.yaml':
          'apiVersion: krm-hardening.dev/v1alpha1\nkind: IstioHardening\nmetadata: {name: hardening, annotations: {config.kubernetes.io/function: "container: {image: x}"}}\n',
        'kustomization.yaml': inShop('transformers:', '- policy.yaml'),
      },
      'init extends a policy of kind Hardening; nothing was written',
    ],
  ])('%s', async (_, files, reason) => {
    const root = tree(files)
    const { stdout, stderr, exitCode } = await init(root)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(filesOf(root)).toEqual(files)
    expect(stderr).toContain(reason)
  })

  test('a folder hardening/ that no kustomization names', async () => {
    const root = tree({
      ...POD,
      'hardening/notes.md': 'ours',
      'kustomization.yaml': 'namespace: shop\nresources: [pod.yaml]\n',
    })
    const { stderr, exitCode } = await init(root)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('does not name it under transformers; nothing was written')
  })
})

test('a kustomization that does not build fails as its build does', async () => {
  const root = tree({ 'kustomization.yaml': 'resources: [missing.yaml]\n' })
  const { stdout, stderr, exitCode } = await init(root)
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
  expect(stderr).toContain('missing.yaml')
})

describe('--namespace', () => {
  test('stands in for the namespace that the deployment sets, and is written down', async () => {
    const root = tree({ ...POD, 'kustomization.yaml': 'resources:\n- pod.yaml\n' })
    expect(await init(root, '--namespace', 'shop')).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(root, 'kustomization.yaml'), 'utf8')).toBe(
      'resources:\n- pod.yaml\ntransformers:\n- hardening\nnamespace: shop\n',
    )
  })

  test('is refused if it cannot be the name of a namespace', async () => {
    const root = tree({ ...POD, 'kustomization.yaml': 'resources:\n- pod.yaml\n' })
    const { stderr, exitCode } = await init(root, '--namespace', 'shop\nspec: {}')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('expected a DNS label such as shop'),
    })
    expect(filesOf(root)).toEqual({ ...POD, 'kustomization.yaml': 'resources:\n- pod.yaml\n' })
  })
})

test('an image with a placeholder is allowed with a reason of its own, so that render passes and lock leaves it', async () => {
  const placeholder = '${IMAGE:=example/app:1.0}'
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
  - {name: filled, image: "${placeholder}"}
  - {name: tagged, image: "example/web:2.0"}
`
  const root = tree({ 'app/kustomization.yaml': 'resources:\n- pod.yaml\n', 'app/pod.yaml': pod })
  expect(await init(root, 'app')).toMatchObject({ exitCode: 0 })
  const file = join(root, 'app/hardening/images.yaml')
  const { spec } = parse(readFileSync(file, 'utf8'))
  expect(Object.keys(spec.images.allowTag)).toEqual([placeholder, 'example/web:2.0'])
  expect(readLockFile(file).notPinned).toEqual(['example/web:2.0'])
  expect((await krmHardening(['render', 'app'], { cwd: root })).exitCode).toBe(0)
})

test('--policy layers on the policy of a folder: its sections, without what it knows', async () => {
  const root = tree({
    ...prefixed('app/', { ...POD, 'kustomization.yaml': 'namespace: shop\nresources:\n- pod.yaml\n' }),
    'hardening/kustomization.yaml': 'resources:\n- policy.yaml\n',
    'hardening/policy.yaml': `apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: ours
  annotations:
    config.kubernetes.io/function: "container: {image: ${IMAGE}}"
spec:
  images: {digests: {nginx: "sha256:${'a'.repeat(64)}"}}
  securityContext: {}
`,
  })
  expect(await init(root, 'app', '--policy', 'hardening')).toMatchObject({ exitCode: 0 })
  const files = filesOf(join(root, 'app/hardening'))
  expect(files['kustomization.yaml']).toContain('resources:\n- ../../hardening\npatches:\n- path: policy.yaml\n')
  expect(files['policy.yaml']?.match(/^ {2}\w+(?=:)/gm)).toEqual(['  name', '  images', '  securityContext'])
  expect(files['images.yaml']).toContain('    digests: {}\n')
  expect((await krmHardening(['verify', 'app'], { cwd: root })).exitCode).toBe(0)
})

const CALLED = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example/web:1.0", env: [{name: STORE_URL, value: "http://store:80"}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: store}
spec:
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec: {containers: [{name: store, image: "example/store:1.0", ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: store}
spec: {selector: {app: store}, ports: [{name: http, port: 80}]}
`

test.each([
  ['[admin/admin]', ['- admin/admin # in the policy already', '- web # Deployment web: container web: env STORE_URL']],
  ['{admin/admin: {}}', ['  web: {} # Deployment web: container web: env STORE_URL']],
])('--policy takes no caller away from a flow of the policy: %s', async (from, lines) => {
  const root = tree({
    'app/web.yaml': CALLED,
    'app/kustomization.yaml': 'namespace: shop\nresources:\n- web.yaml\n',
    'hardening/kustomization.yaml': 'resources:\n- policy.yaml\n',
    'hardening/policy.yaml': `apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: ours
  annotations:
    config.kubernetes.io/function: "container: {image: ${IMAGE}}"
spec:
  flows: {"shop/store:http": {from: ${from}}}
  networkPolicy: {namespaces: {shop: {}}}
`,
  })
  expect(await init(root, 'app', '--policy', 'hardening')).toMatchObject({ exitCode: 0 })
  const written = filesOf(join(root, 'app/hardening'))['flows.yaml'] ?? ''
  for (const line of lines) expect(written).toContain(`\n      ${line}`)
  const { stdout, exitCode } = await krmHardening(['render', 'app'], { cwd: root })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('app.kubernetes.io/name: admin')
  expect(stdout).toContain('podSelector:\n        matchLabels:\n          app: web\n')
})

const prefixed = (prefix: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${prefix}${name}`, text]))

test('never proposes to deny kube-system by default', async () => {
  const root = tree({ ...POD, 'kustomization.yaml': 'namespace: kube-system\nresources:\n- pod.yaml\n' })
  expect((await init(root)).exitCode).toBe(0)
  expect(filesOf(join(root, 'hardening'))['policy.yaml']).not.toContain('namespaces:')
})
