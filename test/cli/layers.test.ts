import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deployment } from '../support/deployment.ts'
import { folder, IMAGE, removeFolders } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

const HEAD = 'apiVersion: krm-hardening.dev/v1alpha1\nkind: Hardening\nmetadata:\n  name: hardening\n'
const ENGINE = `  annotations:
    config.kubernetes.io/function: |
      container:
        image: ${IMAGE}
`
const flow = (from: string): string => `spec:
  flows:
    shop/cart:http:
      from: ${from}
`

/** A stack hardened by an organisation's policy with a patch of its own on it, each with callers of one flow. */
function layered(organisation: string, stack: string): string {
  const root = folder()
  const files = {
    'organisation/policy.yaml': `${HEAD}${ENGINE}${flow(organisation)}  networkPolicy:\n    namespaces:\n      shop: {}\n`,
    'organisation/kustomization.yaml': 'resources: [policy.yaml]\n',
    'stack/hardening/policy.yaml': `${HEAD}${flow(stack)}`,
    'stack/hardening/kustomization.yaml': 'resources: [../../organisation]\npatches: [{path: policy.yaml}]\n',
    'stack/objects.yaml': ['cart', 'web', 'report'].map(deployment).join('---\n'),
    'stack/service.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: http}]}\n',
    'stack/kustomization.yaml': 'resources: [objects.yaml, service.yaml]\ntransformers: [hardening]\n',
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

const render = (root: string) => krmHardening(['render', 'stack'], { cwd: root })

/** The callers that the policy of the rendering admits to the cart. */
const admitted = (rendering: string): string[] => {
  const policy = rendering
    .split('---\n')
    .find((text) => /^kind: NetworkPolicy$/m.test(text) && /name: cart$/m.test(text))
  const ingress = /ingress:\n(?:.*\n)*?(?= {2}[a-z])/.exec(policy ?? '')?.[0] ?? ''
  return [...ingress.matchAll(/app: (\w+)/g)].map(([, name = '']) => name).sort()
}

test('a layer adds a caller, and takes one away with null', async () => {
  const { stdout, exitCode } = await render(layered('{web: {}}', '{report: {}}'))
  expect({ exitCode, admitted: admitted(stdout) }).toEqual({ exitCode: 0, admitted: ['report', 'web'] })
  const without = await render(layered('{web: {}, report: {}}', '{web: null}'))
  expect({ exitCode: without.exitCode, admitted: admitted(without.stdout) }).toEqual({
    exitCode: 0,
    admitted: ['report'],
  })
})

test('a list of callers replaces the one below', async () => {
  expect(admitted((await render(layered('[web]', '[report]'))).stdout)).toEqual(['report'])
})

test.each([
  ['[web]', '{report: {}}', 'organisation/policy.yaml', 'stack/hardening/policy.yaml'],
  ['{web: {}}', '[report]', 'stack/hardening/policy.yaml', 'organisation/policy.yaml'],
])('%s below %s fails and names both files', async (organisation, stack, list, map) => {
  const { stdout, stderr, exitCode } = await render(layered(organisation, stack))
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
  expect(stderr).toContain(`flow shop/cart:http: from is a list in ${list} and a map in ${map}; write both as maps`)
})
