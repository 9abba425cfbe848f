import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, namespace, service, workload } from './build.ts'

const POD_NAME = 'statefulset.kubernetes.io/pod-name'
const NAME = 'app.kubernetes.io/name'
const shop = [
  namespace('shop'),
  workload('db', { kind: 'StatefulSet', ports: [{ name: 'sql', containerPort: 5432 }] }),
  service('db', [{ name: 'sql', port: 5432 }]),
  service('db-1', [{ name: 'sql', port: 5432 }], { [NAME]: 'db', [POD_NAME]: 'db-1' }),
  workload('web'),
]
const podsOf = (objects: readonly KubernetesObject[], spec = {}): Record<string, unknown> =>
  Object.fromEntries(
    harden(objects, spec).policies.map(({ metadata, spec: written }) => [
      metadata.name,
      (written as { podSelector: { matchLabels?: unknown } }).podSelector.matchLabels,
    ]),
  )

test('a Service of one replica leaves a flow to the workload as it is', () => {
  const { findings, policies } = harden(shop, { flows: { 'shop/db:sql': { from: ['web'] } } })
  expect(findings.map(({ severity }) => severity)).not.toContain('error')
  expect(policies.map(({ metadata }) => metadata.name)).not.toContain('db-1')
})

test('a webhook is called at the single replica that its Service selects', () => {
  const webhook = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'db' },
    webhooks: [{ clientConfig: { service: { namespace: 'shop', name: 'db-1', port: 5432 } } }],
  }
  expect(podsOf([...shop, webhook])['db-1']).toEqual({ [NAME]: 'db', [POD_NAME]: 'db-1' })
})

test.each([
  ['a Deployment', workload('db', { ports: [{ name: 'sql', containerPort: 5432 }] })],
  ['a StatefulSet of other labels', workload('db', { kind: 'StatefulSet', labels: { [NAME]: 'other' } })],
])('the pod of %s has no such name', (_, other) => {
  const build = [namespace('shop'), other, ...shop.slice(3)]
  const { findings } = harden(build, { flows: { 'shop/db:sql': { from: ['web'], service: 'db-1' } } })
  expect(findings.some(({ id }) => id.startsWith('flows/unknown-'))).toBe(true)
})
