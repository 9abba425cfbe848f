import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kustomize } from '../support/programs.ts'
import { edit, FIXTURES, fixtures, removeFolders, run, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

const policyText = readFileSync(join(FIXTURES, 'policy/policy.yaml'), 'utf8')

/** The fixtures as a kustomize without functions builds them: exit 0, and nothing is hardened. */
async function withoutFunctions(root: string): Promise<string> {
  edit(join(root, 'policy/policy.yaml'), (text) =>
    text.replace(/container:\n *image: .*/, 'exec:\n        path: ./harden'),
  )
  const { stdout, exitCode } = await run(kustomize(), ['build', '--enable-alpha-plugins', join(root, 'environment')])
  expect(exitCode).toBe(0)
  return stdout
}

describe('verify of a folder', () => {
  test('passes what is hardened, and says what it looked at', async () => {
    const { stdout, exitCode } = await krmHardening(['verify', 'environment'], { cwd: FIXTURES })
    expect(stdout).toBe(
      'environment/stacks/shop: hardened (4 objects looked at)\nenvironment/stacks/blog/app: hardened (6 objects looked at)\n',
    )
    expect(exitCode).toBe(0)
  })

  test('fails a build whose functions are skipped', async () => {
    const root = fixtures()
    await withoutFunctions(root)
    const { stdout, exitCode } = await krmHardening(['verify', 'environment'], { cwd: root })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('environment/stacks/shop:\n  error: objects/would-change: security-context-enforcer: ')
    expect(stdout).toContain(
      'Deployment shop/web: spec.template.spec.containers[0].securityContext: found nothing, expected',
    )
    expect(stdout).toContain('environment/stacks/blog/app: NOT hardened (6 objects looked at)\n')
  })

  test('fails if a layer above the stack undid what hardening did', async () => {
    const root = fixtures()
    edit(
      join(root, 'environment/kustomization.yaml'),
      (text) => `${text}patches:
- target: {kind: Deployment, name: web}
  patch: |
    - op: replace
      path: /spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation
      value: true
`,
    )
    const { stdout, exitCode } = await krmHardening(['verify', 'environment'], { cwd: root })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'Deployment shop/web: spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: found true, expected false',
    )
    expect(stdout).toContain('environment/stacks/blog/app: hardened')
  })

  test('fails if a layer above the stack removed an object', async () => {
    const root = fixtures()
    edit(
      join(root, 'environment/kustomization.yaml'),
      (text) =>
        `${text}patches:\n- patch: "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, $patch: delete}"\n`,
    )
    const { stdout, exitCode } = await krmHardening(['verify', 'environment'], { cwd: root })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'error: verify/missing-from-rendering: Service shop/web: is what the stack builds and is not in the rendering',
    )
  })

  test('fails a tree in which there is nothing to prove', async () => {
    const { stdout, stderr, exitCode } = await krmHardening(['verify', 'environment/cluster'], { cwd: FIXTURES })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('environment/cluster: no krm-hardening policy found, so there is nothing to prove')
  })

  test('fails an environment with a workload that no policy covers', async () => {
    const root = fixtures()
    edit(join(root, 'environment/stacks/shop/kustomization.yaml'), (text) => text.replace(/transformers:[\s\S]*/, ''))
    const { stdout, exitCode } = await krmHardening(['verify', 'environment'], { cwd: root })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'environment:\n  error: verify/no-policy-covers-it: Deployment shop/web: is of no stack with a policy, so nothing hardens it',
    )
  })

  test('finds policies that a component brings', async () => {
    const root = fixtures()
    const stack = join(root, 'environment/stacks/shop')
    const policy = readFileSync(join(root, 'policy/policy.yaml'), 'utf8')
    mkdirSync(join(stack, 'hardened'))
    writeFileSync(
      join(stack, 'hardened/kustomization.yaml'),
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [policy.yaml]\n',
    )
    writeFileSync(join(stack, 'hardened/policy.yaml'), policy)
    edit(join(stack, 'kustomization.yaml'), (text) => text.replace(/transformers:[\s\S]*/, 'components: [hardened]\n'))
    expect(await krmHardening(['verify', 'environment/stacks/shop'], { cwd: root })).toMatchObject({
      stdout: 'environment/stacks/shop: hardened (4 objects looked at)\n',
      exitCode: 0,
    })
  })

  test('fails a policy that asks for nothing', async () => {
    const root = fixtures()
    edit(join(root, 'policy/policy.yaml'), (text) => text.replace(/^spec:[\s\S]*/m, 'spec: {}\n'))
    const { stdout, exitCode } = await krmHardening(['verify', 'environment/stacks/shop'], { cwd: root })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'error: verify/empty-policy: Hardening hardening: asks for no function, so nothing is proved',
    )
  })

  test('finds policies that are written in place, in files and in folders', async () => {
    const files = {
      'r.yaml': readFileSync(join(FIXTURES, 'environment/stacks/shop/resources.yaml'), 'utf8'),
      'policy.yaml': policyText,
      'policy/policy.yaml': policyText,
      'policy/kustomization.yaml': 'resources: [policy.yaml]\n',
    }
    const inline = `- |\n${policyText.replaceAll(/^(?=.)/gm, '  ')}`
    for (const transformer of ['- policy.yaml\n', '- policy\n', inline]) {
      const root = tree({
        ...files,
        'kustomization.yaml': `resources: [r.yaml]\nnamespace: shop\ntransformers:\n${transformer}`,
      })
      expect(await krmHardening(['verify'], { cwd: root })).toMatchObject({
        stdout: '.: hardened (3 objects looked at)\n',
        exitCode: 0,
      })
    }
  })
})

describe('verify of a rendering', () => {
  let manifests = ''
  beforeAll(async () => {
    manifests = (await krmHardening(['render', 'environment'], { cwd: FIXTURES })).stdout
  })

  test('passes what render printed, from a file and from stdin', async () => {
    const file = join(tree({ 'dev.yaml': manifests }), 'dev.yaml')
    const policy = ['--policy', join(FIXTURES, 'environment')]
    expect(await krmHardening(['verify', file, ...policy])).toMatchObject({ exitCode: 0 })
    expect(await krmHardening(['verify', '-', ...policy], { stdin: manifests })).toMatchObject({ exitCode: 0 })
  })

  test('passes the same objects as one JSON List', async () => {
    const { stdout: list } = await krmHardening(['render', 'environment', '-o', 'json'], { cwd: FIXTURES })
    const { exitCode } = await krmHardening(['verify', '-', '--policy', 'environment'], { cwd: FIXTURES, stdin: list })
    expect(exitCode).toBe(0)
  })

  test('fails the output of a build whose functions were skipped', async () => {
    const stdin = await withoutFunctions(fixtures())
    const { stdout, exitCode } = await krmHardening(['verify', '-', '--policy', 'environment'], {
      cwd: FIXTURES,
      stdin,
    })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('error: objects/would-change: security-context-enforcer: Deployment shop/web: ')
    expect(stdout).toContain('error: objects/would-change: security-context-enforcer: StatefulSet blog/web: ')
  })

  test('passes what an engine hardened, although the tree’s own build skips the functions', async () => {
    const root = fixtures()
    await withoutFunctions(root)
    const { exitCode } = await krmHardening(['verify', '-', '--policy', 'environment'], { cwd: root, stdin: manifests })
    expect(exitCode).toBe(0)
  })

  test('fails a rendering that lacks an object of the tree', async () => {
    const stdin = manifests
      .split('---\n')
      .filter((document) => !/^kind: CronJob$/m.test(document))
      .join('---\n')
    const { stdout, exitCode } = await krmHardening(['verify', '-', '--policy', 'environment'], {
      cwd: FIXTURES,
      stdin,
    })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'error: verify/missing-from-rendering: CronJob blog/tidy: is what the stack builds and is not in the rendering',
    )
  })

  test('fails a rendering with a policy or the annotation of a function in it', async () => {
    const annotated =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: left\n  annotations: {config.kubernetes.io/function: "exec: {path: ./harden}"}\n'
    const stdin = [manifests, readFileSync(join(FIXTURES, 'policy/policy.yaml'), 'utf8'), annotated].join('---\n')
    for (const [policy, stack] of [
      ['environment', 'environment'],
      ['policy/policy.yaml', 'policy/policy.yaml'],
    ]) {
      const { stdout, exitCode } = await krmHardening(['verify', '-', '--policy', policy ?? ''], {
        cwd: FIXTURES,
        stdin,
      })
      expect(exitCode).toBe(1)
      expect(stdout).toContain(
        `${stack}:\n  error: verify/policy-in-rendering: Hardening hardening: is a policy, and in the rendering; expected it under transformers`,
      )
      expect(stdout).toContain(
        'error: verify/function-not-run: Hardening hardening: metadata.annotations[config.kubernetes.io/function]: found in the rendering',
      )
      expect(stdout).toContain(
        'error: verify/function-not-run: ConfigMap left: metadata.annotations[config.kubernetes.io/function]: found in the rendering, so no function ran for it',
      )
    }
  })

  test.each(['policy', 'policy/policy.yaml'])('compares any manifests with one policy: %s', async (policy) => {
    const stdin =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nspec:\n  containers:\n  - name: c # any style\n    image: i\n'
    const bare = await krmHardening(['verify', '-', '--policy', policy], { cwd: FIXTURES, stdin })
    expect(bare.exitCode).toBe(1)
    expect(bare.stdout).toContain('Pod ns/p: spec.containers[0].securityContext: found nothing, expected')
  })

  test('needs no kustomize to compare manifests with a file', async () => {
    const { stdout: stdin } = await krmHardening(['render', 'environment/stacks'], { cwd: FIXTURES })
    const args = ['verify', '-', '--policy', 'policy/policy.yaml']
    const { stderr, exitCode } = await krmHardening(args, { cwd: FIXTURES, stdin, env: { KUSTOMIZE: '/nowhere' } })
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  })

  test('lists findings in the schema of ResourceList results for machines', async () => {
    const stdin = await withoutFunctions(fixtures())
    const args = ['verify', '-', '--policy', 'environment', '--output', 'json']
    const { stdout, exitCode } = await krmHardening(args, { cwd: FIXTURES, stdin })
    expect(exitCode).toBe(1)
    const { ok, stacks, findings } = JSON.parse(stdout)
    expect(ok).toBe(false)
    expect(stacks).toContainEqual({ stack: 'environment/stacks/shop', objects: 4 })
    expect(findings).toContainEqual(
      expect.objectContaining({
        stack: 'environment/stacks/shop',
        severity: 'error',
        resourceRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' },
        tags: { function: 'security-context-enforcer', id: 'objects/would-change' },
      }),
    )
  })

  test.each([
    [
      'no policy to compare it with',
      ['verify', 'dev.yaml'],
      'error: dev.yaml: --policy is needed to say what it must fulfil',
    ],
    ['no rendering', ['verify', 'absent.yaml', '--policy', '.'], 'error: absent.yaml is neither a folder nor a file'],
    ['no such policy', ['verify', '-', '--policy', 'absent'], 'error: absent is neither a folder nor a file'],
    [
      'nothing in it',
      ['verify', '-', '--policy', 'environment'],
      'error: the rendering holds no objects, so there is nothing to prove',
    ],
  ])('refuses a call with %s', async (_what, args, message) => {
    const { stdout, stderr, exitCode } = await krmHardening(args, { cwd: FIXTURES, stdin: '# nothing\n' })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(message)
  })

  test('refuses text that is not YAML', async () => {
    const stdin = 'kind: {'
    const { stderr, exitCode } = await krmHardening(['verify', '-', '--policy', 'policy'], { cwd: FIXTURES, stdin })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error: stdin cannot be read as YAML: ')
  })

  test('refuses a policy with an unknown key, and names the one that was meant', async () => {
    const policy = join(tree({ 'policy.yaml': policyText.replace('level:', 'levle:') }), 'policy.yaml')
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n'
    const { stderr, exitCode } = await krmHardening(['verify', '-', '--policy', policy], { stdin })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      'error: policy/unknown-field: Hardening: spec.securityContext.levle: unknown key (did you mean level?)',
    )
  })
})
