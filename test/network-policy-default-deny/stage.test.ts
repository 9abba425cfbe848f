import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, namespace, networkPolicy, service, workload } from './build.ts'

const shop = [
  namespace('shop'),
  workload('cart', { ports: [{ name: 'http', containerPort: 8080 }] }),
  service('cart', [{ name: 'http', port: 80, targetPort: 'http' }]),
  workload('web'),
]
const flows = { 'shop/cart:http': { from: ['web'] } }

interface Spec {
  policyTypes: string[]
  ingress?: unknown[]
  egress?: unknown[]
}
const specs = (policies: readonly KubernetesObject[]): Record<string, Spec> =>
  Object.fromEntries(policies.map(({ metadata, spec }) => [metadata.name, spec as Spec]))
const at = (stage: string, workloads = {}, objects = shop): Record<string, Spec> =>
  specs(harden(objects, { flows, stage, workloads }).policies)
const OPEN = [{}]

describe('a stage', () => {
  test('audit writes nothing, and refuses nothing that it would refuse later', () => {
    const onNode = workload('agent', { spec: { hostNetwork: true } })
    const refused = [...shop, onNode, networkPolicy('gone', { podSelector: { matchLabels: { app: 'gone' } } })]
    const { policies, findings } = harden(refused, { flows, stage: 'audit' })
    expect(policies.map(({ metadata }) => metadata.name)).toEqual(['gone'])
    const severities = findings.map(({ id, severity }) => `${id.replace(/^.*\//, '')} ${severity}`)
    expect(severities).toContain('dead-policy warning')
    expect(severities).toContain('host-network info')
    expect(findings.map(({ severity }) => severity)).not.toContain('error')
    expect(findings.map(({ id }) => id)).toContain('network-policy-default-deny/dead-policy')
  })

  test('ingress denies ingress and leaves egress open', () => {
    const policies = at('ingress')
    expect(Object.keys(policies)).toEqual(['default-deny', 'cart'])
    expect(Object.values(policies).map(({ policyTypes }) => policyTypes)).toEqual([['Ingress'], ['Ingress']])
  })

  test('full is the default', () => {
    expect(at('full')).toEqual(specs(harden(shop, { flows }).policies))
  })

  test('of directions denies no more than these', () => {
    const { policies } = harden(shop, { flows, stage: 'full', directions: ['Ingress'] })
    expect(specs(policies)['default-deny']?.policyTypes).toEqual(['Ingress'])
  })
})

describe('a workload', () => {
  test('ahead of others denies by itself, even where nobody may call it', () => {
    expect(at('audit', { web: { stage: 'full' } })).toEqual({
      web: expect.objectContaining({ policyTypes: ['Ingress', 'Egress'] }),
    })
    expect(at('ingress', { web: { stage: 'full' } }).web?.policyTypes).toEqual(['Egress'])
  })

  test('ahead of others in the mesh admits the scraper of its sidecar', () => {
    const injected = workload('web', { labels: { 'app.kubernetes.io/name': 'web', 'sidecar.istio.io/inject': 'true' } })
    expect(
      JSON.stringify(at('audit', { web: { stage: 'full' } }, [namespace('shop'), injected]).web?.ingress),
    ).toContain('15020')
  })

  test('behind others is open where they are denied, which is reported', () => {
    const { policies } = harden(shop, { flows, workloads: { web: { stage: 'ingress' }, cart: { stage: 'audit' } } })
    expect(specs(policies).web).toMatchObject({ policyTypes: ['Egress'], egress: OPEN })
    expect(specs(policies).cart).toMatchObject({ ingress: OPEN, egress: OPEN })
    expect(JSON.stringify(policies)).toContain('network-policy-default-deny: stage audit')
  })

  test('that is not in the build is a warning', () => {
    const { findings } = harden(shop, { flows, workloads: { webb: { stage: 'full' } } })
    expect(findings.map(({ id }) => id)).toContain('network-policy-default-deny/unknown-key')
  })
})

describe('egress that a policy written by hand left open', () => {
  const podSelector = { matchLabels: { 'app.kubernetes.io/name': 'cart' } }
  const byHand = (spec: Record<string, unknown>): KubernetesObject => networkPolicy('mine', { podSelector, ...spec })
  const isSaid = (spec: Record<string, unknown>, policy: Record<string, unknown> = {}): boolean =>
    harden([...shop, byHand(spec)], { flows, ...policy }).findings.some(({ id }) => id.endsWith('/egress-was-open'))

  test('is reported for each workload', () => {
    expect(isSaid({ policyTypes: ['Ingress'], ingress: [] })).toBe(true)
    expect(isSaid({ ingress: [] })).toBe(true)
  })

  test('is not reported where the owner restricts it too, where it stays open, or where a stage decides it', () => {
    expect(isSaid({ policyTypes: ['Ingress', 'Egress'] })).toBe(false)
    expect(isSaid({ ingress: [] }, { directions: ['Ingress'] })).toBe(false)
    expect(isSaid({ ingress: [] }, { stage: 'ingress' })).toBe(false)
    expect(isSaid({ ingress: [] }, { workloads: { cart: { stage: 'full' } } })).toBe(false)
    expect(isSaid({ ingress: [] }, { openEgress: { cart: { reason: 'calls anything' } } })).toBe(false)
  })
})
