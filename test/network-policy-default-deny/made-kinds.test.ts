import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { CUSTOM_RESOURCES, runtimePodsOf } from '../../functions/lib/operators/index.ts'
import { WITH_EVERY_PART } from '../../tools/generate/operators.ts'
import { harden, namespace, workload } from './build.ts'

const KINDS = Object.entries(CUSTOM_RESOURCES).flatMap(([type, { runtimePods }]) => {
  const [group = '', kind = ''] = type.split('/')
  const metadata = { name: 'main', namespace: 'shop' }
  return runtimePods
    ? [[type, { apiVersion: `${group}/v1`, kind, metadata, spec: WITH_EVERY_PART[type] ?? {} }] as const]
    : []
})

interface Rule {
  from?: unknown[]
  to?: unknown[]
  ports?: { port: number; endPort?: number }[]
}
interface Policy {
  podSelector: { matchLabels: Record<string, string> }
  ingress?: Rule[]
  egress?: Rule[]
}
const policyOf = (policies: readonly KubernetesObject[], name: string): Policy =>
  policies.find(({ metadata }) => metadata.name === name)?.spec as unknown as Policy
const opens = (rules: readonly Rule[] = [], port: number): boolean =>
  rules.some(({ ports }) => ports?.some((one) => one.port <= port && port <= (one.endPort ?? one.port)))

const callsApiServer = (rules: readonly Rule[] = []): boolean =>
  rules.some(({ ports }) => ports?.some(({ port }) => port === 6443))

describe.each(KINDS)('the pods of %s', (_, object) => {
  const made = runtimePodsOf(object)
  const build = [namespace('shop'), workload('cart'), object]

  test('get a policy each, with egress to the API server if they call it', () => {
    const { policies } = harden(build)
    expect(made.length).toBeGreaterThan(0)
    for (const { name, labels, needsApiServer } of made) {
      expect(policyOf(policies, name).podSelector.matchLabels).toEqual(labels)
      expect([name, callsApiServer(policyOf(policies, name).egress)]).toEqual([name, needsApiServer])
    }
  })

  test('call each other on the ports by which they work together', () => {
    const { policies } = harden(build)
    for (const { name, members = [] } of made)
      for (const port of members) {
        expect([name, port, opens(policyOf(policies, name).ingress, port)]).toEqual([name, port, true])
        for (const other of made)
          expect([other.name, port, opens(policyOf(policies, other.name).egress, port)]).toEqual([
            other.name,
            port,
            true,
          ])
      }
  })

  test('are reached by flows to the ports of their Services', () => {
    for (const { name, services = {} } of made)
      for (const [service, ports] of Object.entries(services))
        for (const [dialled, onPods] of Object.entries(ports)) {
          const flows = { [`shop/${name}:${dialled}`]: { from: ['cart'], service } }
          const { policies } = harden(build, { flows })
          const found = [service, dialled, opens(policyOf(policies, name).ingress, onPods)]
          expect(found).toEqual([service, dialled, true])
          expect(opens(policyOf(policies, 'cart').egress, onPods)).toBe(true)
        }
  })
})
