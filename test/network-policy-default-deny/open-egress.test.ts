import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, messages, namespace, workload } from './build.ts'

const EXCEPTION = 'krm-hardening.dev/exception'

const sidecar = (
  name: string,
  mode: 'ALLOW_ANY' | 'REGISTRY_ONLY',
  labels: Record<string, string> | undefined,
  annotation?: string,
): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Sidecar',
  metadata: { name, namespace: 'shop', ...(annotation !== undefined && { annotations: { [EXCEPTION]: annotation } }) },
  spec: { ...(labels && { workloadSelector: { labels } }), outboundTrafficPolicy: { mode } },
})

const OWN = { 'app.kubernetes.io/name': 'operator' }
const REASON = 'istio-hardening: dials the clusters that it manages'

const egressOf = (objects: readonly KubernetesObject[], spec = {}): unknown => {
  const { policies } = harden([namespace('shop'), workload('operator'), ...objects], spec)
  return policies.find(({ metadata }) => metadata.name === 'operator')?.spec
}

const OPEN = expect.objectContaining({ egress: [{}] })

describe('egress is open', () => {
  test('where the Sidecar of the workload allows any destination', () => {
    expect(egressOf([sidecar('operator', 'ALLOW_ANY', OWN, REASON)])).toEqual(OPEN)
  })

  test('where the Sidecar of the namespace does and the workload has none', () => {
    expect(egressOf([sidecar('default', 'ALLOW_ANY', undefined, REASON)])).toEqual(OPEN)
  })

  test('where configuration says so, by name or by kind and name', () => {
    expect(egressOf([], { openEgress: { operator: { reason: 'dials' } } })).toEqual(OPEN)
    expect(egressOf([], { openEgress: { 'Deployment/operator': { reason: 'dials' } } })).toEqual(OPEN)
  })
})

describe('of several Sidecars that select a workload', () => {
  const [first, second] = [{ ...OWN }, { ...OWN, app: 'operator' }]
  const operator = workload('operator', { labels: { ...OWN, app: 'operator' } })
  const isOpen = (...sidecars: KubernetesObject[]) => {
    const { policies } = harden([namespace('shop'), operator, ...sidecars])
    return JSON.stringify(policies.find(({ metadata }) => metadata.name === 'operator')?.spec).includes('"egress":[{}]')
  }
  test.each([
    ['by one label and by two', first, second],
    ['by two labels and by one', second, first],
    ['by none and by one', {}, first],
    ['by one and by none', first, {}],
  ])('%s, the first counts', (_, one, other) => {
    const rare = sidecar('other', 'REGISTRY_ONLY', { ...OWN, app: 'cart' })
    expect(isOpen(rare, sidecar('a', 'ALLOW_ANY', one, REASON), sidecar('b', 'REGISTRY_ONLY', other))).toBe(true)
    expect(isOpen(rare, sidecar('a', 'REGISTRY_ONLY', one), sidecar('b', 'ALLOW_ANY', other, REASON))).toBe(false)
  })
})

describe('egress is not open', () => {
  test('where the Sidecar of the workload is narrower than that of the namespace', () => {
    const sidecars = [sidecar('default', 'ALLOW_ANY', undefined, REASON), sidecar('operator', 'REGISTRY_ONLY', OWN)]
    expect(egressOf(sidecars)).not.toEqual(OPEN)
  })

  test('where the Sidecar selects other pods', () => {
    expect(egressOf([sidecar('cart', 'ALLOW_ANY', { 'app.kubernetes.io/name': 'cart' }, REASON)])).not.toEqual(OPEN)
  })

  test('where egress is not denied at all', () => {
    expect(egressOf([sidecar('operator', 'ALLOW_ANY', OWN, REASON)], { directions: ['Ingress'] })).toBeUndefined()
  })
})

test('the reason is found in the line of istio-hardening among those of other functions', () => {
  const annotation = `image-mirror-digest: pinned elsewhere\n${REASON}`
  const { policies } = harden([
    namespace('shop'),
    workload('operator'),
    sidecar('operator', 'ALLOW_ANY', OWN, annotation),
  ])
  expect(policies.at(-1)?.metadata.annotations?.[EXCEPTION]).toBe(
    'network-policy-default-deny: dials the clusters that it manages',
  )
})

test('a reason in the configuration is used where the Sidecar has none', () => {
  const { findings } = harden([namespace('shop'), workload('operator'), sidecar('operator', 'ALLOW_ANY', OWN)], {
    openEgress: { operator: { reason: 'dials clusters' } },
  })
  expect(messages(findings)).toEqual(['info: dials clusters'])
})
