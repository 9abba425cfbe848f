import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { objectsOf, rendered as renderedStack } from '../support/stacks.ts'
import { authorizes, policiesOf } from './lib/authorize.ts'
import { type Call, declaredCalls, type Pods, workloadsOf } from './lib/calls.ts'
import { changes, MIMIR, render, testComponent } from './lib/component.ts'
import { overlayWith } from './lib/overlay.ts'

let plain = ''
let overlay = ''
let rendered = ''
let policies: KubernetesObject[] = []
let calls: Call[] = []

beforeAll(async () => {
  plain = renderedStack(MIMIR)
  overlay = overlayWith(MIMIR, { hardening: ['components/authorization-flows'] })
  rendered = await render(overlay)
  const objects = objectsOf(rendered)
  policies = objects.filter(({ kind }) => kind === 'AuthorizationPolicy')
  calls = declaredCalls(workloadsOf(objects)).filter(({ to }) => to.namespace === 'mimir')
})

const nameOf = ({ flow, from }: Call): string => `${flow} from ${from.namespace}/${JSON.stringify(from.labels)}`

describe('authorization-flows', () => {
  testComponent('authorization-flows', () => overlay)

  test('adds AuthorizationPolicies and changes nothing else', () => {
    const changed = changes(plain, rendered)
    expect(changed).not.toContain('# gone')
    expect(new Set(changed.match(/^kind: .*$/gm))).toEqual(new Set(['kind: AuthorizationPolicy']))
  })

  test('gives every destination one policy, ALLOW, pods of an operator too', () => {
    const callees = [...new Set(calls.map(({ to }) => to))]
    expect(callees.length).toBeGreaterThan(14)
    for (const callee of callees)
      expect(policiesOf(policies, callee).map(({ spec }) => (spec as { action: string }).action)).toEqual(['ALLOW'])
    expect(policies.filter((policy) => !callees.some((to) => policiesOf([policy], to).length > 0))).toEqual([])
  })

  test('admits every flow', () => {
    expect(calls.length).toBeGreaterThan(100)
    expect(calls.filter(({ from, to, port }) => !authorizes(policies, from, to, port)).map(nameOf)).toEqual([])
  })

  test('admits plain flows without an identity, because they bring none', () => {
    const withoutIdentity = calls.filter(({ plain: isPlain }) => isPlain)
    expect(withoutIdentity.length).toBeGreaterThan(5)
    expect(withoutIdentity.filter(({ to, port }) => !authorizes(policies, undefined, to, port)).map(nameOf)).toEqual([])
  })

  test('admits to other ports nobody without an identity and nobody from elsewhere', () => {
    const stranger: Pods = { isHere: false, namespace: 'stranger', labels: {}, account: 'default', address: '10.9.9.9' }
    const isPlain = ({ to, port }: Call): boolean => calls.some((c) => c.plain && c.to === to && c.port === port)
    // Members of etcd find each other before their proxies are ready: policy lets this port take plain text.
    const held = calls.filter((call) => !isPlain(call) && call.port !== 2380)
    expect(held.length).toBeGreaterThan(50)
    expect(held.filter(({ to, port }) => authorizes(policies, stranger, to, port)).map(nameOf)).toEqual([])
    expect(held.filter(({ to, port }) => authorizes(policies, undefined, to, port)).map(nameOf)).toEqual([])
  })

  test('admits no one to a port that no flow names', () => {
    expect(calls.filter(({ from, to }) => authorizes(policies, from, to, 6060)).map(nameOf)).toEqual([])
  })

  test('asks for nothing that ztunnel cannot see, so that it holds in ambient mode too', () => {
    const asked = new Set(JSON.stringify(policies.map(({ spec }) => spec)).match(/"[a-zA-Z]+":/g))
    const known = [
      'selector',
      'matchLabels',
      'action',
      'rules',
      'from',
      'source',
      'principals',
      'namespaces',
      'to',
      'notPrincipals',
    ]
    expect([...asked].filter((key) => ![...known, 'operation', 'ports', 'variant'].includes(key.slice(1, -2)))).toEqual(
      [],
    )
  })
})
