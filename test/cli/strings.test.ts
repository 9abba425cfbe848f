import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { IMAGE, removeFolders, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

/** Text that some reader on the way takes for something else. */
const STRINGS = [
  ...['0x1F', '0b11', '0o17', '1_000', '12:30:45', '.5', '1e3', '-0', '+1', '007', '1.', '0x', 'NaN', '.nan', '.inf'],
  ...['9223372036854775808', '18446744073709551616', '123456789012345678901234567890', '1e400', '-1e400', '0x1p-2'],
  ...['-0x52908400098527886E0F7030069857D2E4169EE7', '+0x52908400098527886E0F7030069857D2E4169EE7'],
  ...[
    '0o7777777777777777777777777777',
    `0b${'1'.repeat(70)}`,
    '\uE0E15\uE0E1',
    '<<',
    '=',
    'y',
    '~',
    'null',
    '2024-01-01',
  ],
  ...['!!str x', '!!int 5', '  lead', 'trail  ', '\t', '# c', 'a: b', "'", '- x', '\uFEFF', '\u0007', '😀', '0X1f'],
  ...['a\u2028  b\u2029', 'a\n\u2028b\n  c', '\u2028', 'a\u2028   b\n   c\u2029d'],
]
const annotations = Object.fromEntries(STRINGS.map((text, index) => [`key-${index}`, text]))
const DEPLOYMENT = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', annotations },
  spec: {
    selector: { matchLabels: { app: 'cart' } },
    template: {
      metadata: { labels: { app: 'cart' } },
      spec: { containers: [{ name: 'app', image: 'cart', args: STRINGS.filter((text) => !text.includes('\u2028')) }] },
    },
  },
})
const POLICY = `apiVersion: krm-hardening.dev/v1alpha1
kind: SecurityContextEnforcer
metadata:
  name: policy
  annotations:
    config.kubernetes.io/function: |
      container:
        image: ${IMAGE}
`

async function render(kustomization: string) {
  const root = tree({ 'cart.json': DEPLOYMENT, 'policy.yaml': POLICY, 'kustomization.yaml': kustomization })
  const { stdout, exitCode } = await krmHardening(['render', root])
  expect(exitCode).toBe(0)
  const object = readCanonicalYaml(stdout) as {
    metadata: { annotations: object }
    spec: { template: { spec: { securityContext?: object; containers: { args: string[] }[] } } }
  }
  const { securityContext, containers } = object.spec.template.spec
  return {
    annotations: object.metadata.annotations,
    args: containers[0]?.args,
    isHardened: securityContext !== undefined,
  }
}

test('every string comes out of Kustomize and the functions as it comes out of Kustomize alone', async () => {
  const plain = await render('resources: [cart.json]\n')
  const hardened = await render('resources: [cart.json]\ntransformers: [policy.yaml]\n')
  expect(hardened).toEqual({ ...plain, isHardened: true })
  expect(plain.args).toContain('1e400')
  expect(Object.keys(plain.annotations)).toHaveLength(STRINGS.length)
})
