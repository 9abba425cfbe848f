import '@microsoft/jest-sarif'
import { join } from 'node:path'
import { summaryOf } from '../../cli/report/summary.ts'
import { version } from '../../package.json'
import { edit, FIXTURES, fixtures, removeFolders, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

interface Log {
  version: string
  runs: [
    {
      tool: { driver: { name: string; version: string; rules: { id: string }[] } }
      results: {
        ruleId: string
        ruleIndex: number
        level: string
        message: { text: string }
        locations: [{ physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }]
      }[]
    },
  ]
}

/** Fails unless the text is a SARIF 2.1.0 log with what the schema requires and what GitHub also requires. */
function sarif(text: string): Log['runs'][0] {
  const log = JSON.parse(text) as Log
  expect(log).toBeValidSarifLog()
  expect(log).toMatchObject({ $schema: expect.stringContaining('sarif-2.1.0'), version: '2.1.0' })
  const [run] = log.runs
  expect(run.tool.driver).toMatchObject({ name: 'krm-hardening', version })
  for (const { ruleId, ruleIndex, level, message, locations } of run.results) {
    expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    expect(['error', 'warning', 'note']).toContain(level)
    expect(message.text).not.toBe('')
    expect(locations).toHaveLength(1)
    const { artifactLocation, region } = locations[0].physicalLocation
    expect(artifactLocation.uri).toMatch(/^[^/].*\.ya?ml$/)
    expect(region.startLine).toBeGreaterThan(0)
  }
  return run
}

const HOST_NETWORK = (text: string): string =>
  text.replace('      containers:', '      hostNetwork: true\n      containers:')

describe('SARIF', () => {
  test('fits the schema of the standard', () => {
    const log = {
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'x' } }, results: [{ message: {}, level: 'info' }] }],
    }
    expect(() => expect(log).toBeValidSarifLog()).toThrow(/level/)
  })

  test('shows what render refuses at the file and the line of the object', async () => {
    const root = fixtures()
    edit(join(root, 'environment/stacks/shop/resources.yaml'), HOST_NETWORK)
    const { stdout, exitCode } = await krmHardening(['render', '-o', 'sarif', 'environment'], { cwd: root })
    expect(exitCode).toBe(1)
    const { tool, results } = sarif(stdout)
    for (const rule of tool.driver.rules)
      expect(rule).toMatchObject({
        shortDescription: { text: expect.stringMatching(/./) },
        help: { text: expect.stringMatching(/./) },
      })
    expect(results).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: { text: expect.stringContaining('Deployment shop/web: spec.template.spec.hostNetwork: ') },
        locations: [
          expect.objectContaining({
            physicalLocation: {
              artifactLocation: { uri: 'environment/stacks/shop/resources.yaml' },
              region: { startLine: 6 },
            },
          }),
        ],
      }),
    )
  })

  test('shows what render reports of a build that passes, and no manifests', async () => {
    const { stdout, exitCode } = await krmHardening(['render', '-o', 'sarif', 'environment'], { cwd: FIXTURES })
    expect(exitCode).toBe(0)
    expect(sarif(stdout).results.map(({ level }) => level)).toContain('note')
  })

  test('shows what verify and check find', async () => {
    const root = fixtures()
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nspec: {containers: [{name: c, image: i}]}\n'
    const extra = tree({ 'extra.yaml': `# a comment\n${pod}` })
    edit(join(root, 'policy/policy.yaml'), (text) => `${text}  flows: {"shop/web:http": {from: [blog/blgo]}}\n`)
    const verified = await krmHardening(
      ['verify', join(extra, 'extra.yaml'), '--policy', 'policy/policy.yaml', '-o', 'sarif'],
      { cwd: root },
    )
    expect(verified.exitCode).toBe(1)
    expect(sarif(verified.stdout).results.length).toBeGreaterThan(0)
    const checked = await krmHardening(['check', 'environment', '-o', 'sarif'], { cwd: root })
    expect(checked.exitCode).toBe(1)
    expect(sarif(checked.stdout).results).toHaveLength(1)
  })

  test('never has the value of a variable of the environment', async () => {
    const root = fixtures()
    edit(join(root, 'environment/stacks/shop/resources.yaml'), (text) =>
      HOST_NETWORK(text).replace('image: nginx', 'image: nginx\n        env: [{name: PASSWORD, value: hunter2}]'),
    )
    for (const args of [['render', '-o', 'sarif'], ['render'], ['verify', '-o', 'sarif']]) {
      const { stdout, stderr } = await krmHardening([...args, 'environment'], { cwd: root })
      expect(stdout + stderr).not.toContain('hunter2')
    }
  })

  test('leaves no annotation in the rendering, although it builds a second time', async () => {
    const { stdout } = await krmHardening(['render', 'environment'], { cwd: FIXTURES })
    expect(stdout).not.toContain('config.kubernetes.io/origin')
  })
})

describe('explain', () => {
  test('says what a finding means, why it matters and how to fix it', async () => {
    const { stdout, exitCode } = await krmHardening(['explain', 'verify/empty-policy'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^error: verify\/empty-policy\n\nWhat it means\n.*\n\nWhy it matters\n.*\n\nHow to fix it\n/)
  })

  test('lists every id, those of each function among them', async () => {
    const { stdout } = await krmHardening(['explain'])
    for (const scope of ['image-mirror-digest', 'security-context-enforcer', 'replication-factor', 'flows', 'check'])
      expect(stdout).toMatch(new RegExp(`^${scope}/`, 'm'))
  })

  test('refuses an unknown id, and names the one that was probably meant', async () => {
    const { stdout, stderr, exitCode } = await krmHardening(['explain', 'verify/empty-polcy'])
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toBe('error: no finding has the id verify/empty-polcy (did you mean verify/empty-policy?)\n')
  })
})

const INTERNAL = { internal: { local: { reason: 'built here' } } }

describe('the last lines of render, for people', () => {
  test('count what was done', async () => {
    const { stderr } = await krmHardening(['render', 'environment'], { cwd: FIXTURES })
    expect(stderr).toMatch(/\n3 stacks, \d+ objects: \d+ changed, 0 generated; 0 warnings\n$/)
  })

  test('list exceptions with their reasons, once each', async () => {
    const root = fixtures()
    for (const stack of ['shop', 'blog/app'])
      edit(join(root, 'environment/stacks', stack, 'resources.yaml'), HOST_NETWORK)
    edit(join(root, 'policy/policy.yaml'), (text) =>
      text.replace(
        'level: restricted',
        'level: restricted\n    exceptions: {web: {hostNamespaces: measures the network}}',
      ),
    )
    const { stderr } = await krmHardening(['render', 'environment'], { cwd: root })
    expect(stderr).toContain(
      'exceptions, with their reasons:\n- securityContext.exceptions.web.hostNamespaces: measures the network\n',
    )
  })

  test('list what single kinds share once, and what each says for itself', () => {
    const flows = { 'shop/web:http': { from: ['any'], reason: 'a public page' } }
    const policy = (kind: string, spec: object) => ({ kind, spec: { ...spec, hardening: { flows, images: INTERNAL } } })
    const calls = [
      policy('IstioHardening', { outbound: { web: { reason: 'a crawler' } } }),
      policy('ImageMirrorDigest', INTERNAL),
    ]
    const builds = calls.map((one) => ({
      calls: [{ policy: one, changed: [], generated: [], reported: [] }],
      stderr: '',
    }))
    expect(
      summaryOf({ objects: [], stacks: 1, builds } as never)
        .split('\n')
        .slice(2, -1),
    ).toEqual([
      '- flows["shop/web:http"]: a public page',
      '- IstioHardening.outbound.web: a crawler',
      '- ImageMirrorDigest.internal.local: built here',
    ])
  })
})

test.each(['render', 'verify'])('%s refuses a build in which Kustomize prints nothing', async (command) => {
  const root = tree({
    'kustomization.yaml': 'resources: [r.yaml]\n',
    'r.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations: {config.kubernetes.io/local-config: "true"}\n',
  })
  const { stdout, stderr, exitCode } = await krmHardening([command, root])
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  expect(stderr).toContain('builds no objects: Kustomize printed nothing')
})

test.each([
  [
    'render',
    'lists no resources',
    { 'kustomization.yaml': (text: string) => text.replace(/^resources:[\s\S]*(?=^transformers:)/m, '') },
  ],
  [
    'verify',
    'lists no resources',
    { 'kustomization.yaml': (text: string) => text.replace(/^resources:[\s\S]*(?=^transformers:)/m, '') },
  ],
  [
    'render',
    'lists a file of comments',
    {
      'resources.yaml': () => '# kind: Deployment\n',
      'kustomization.yaml': (text: string) => text.replace(/^configMapGenerator:[\s\S]*(?=^transformers:)/m, ''),
    },
  ],
])('%s refuses a stack that %s, however many objects another one builds', async (command, _, edits) => {
  const root = fixtures()
  for (const [file, change] of Object.entries(edits)) edit(join(root, 'environment/stacks/shop', file), change)
  const { stdout, stderr, exitCode } = await krmHardening([command, 'environment'], { cwd: root })
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  expect(stderr).toContain('environment/stacks/shop builds no objects')
})

test.each(['render', 'verify', 'init'])(
  'an image that is not the functions’ own is named before %s asks an engine for it',
  async (command) => {
    const root = fixtures()
    edit(join(root, 'policy/policy.yaml'), (text) => text.replace(/image: .*/, 'image: example.com/other:v1'))
    const { stderr } = await krmHardening([command, 'environment/stacks/shop'], { cwd: root })
    expect(stderr).toContain(
      'krm-hardening: a policy of environment/stacks/shop/kustomization.yaml names the image example.com/other:v1, which is not the functions’ own',
    )
  },
)
