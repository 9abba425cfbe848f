import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { coversRules, coversSelector } from '../../functions/network-policy-default-deny/checks/coverage.ts'

const NAME = 'kubernetes.io/metadata.name'
const covers = (broad: Fields[], narrow: Fields[]) => coversRules(broad, narrow, 'shop', { namespaceLabel: NAME })
const pods = (labels: Fields, namespace?: string) => ({
  podSelector: { matchLabels: labels },
  ...(namespace && { namespaceSelector: { matchLabels: { [NAME]: namespace } } }),
})
const range = (cidr: string, except?: string[]) => ({ ipBlock: { cidr, ...(except && { except }) } })
const [A, B] = [pods({ app: 'a' }), pods({ app: 'b' })]

describe('one list of rules admits all that another does', () => {
  test.each<[string, Fields[], Fields[]]>([
    ['the same', [{ from: [A] }], [{ from: [A] }]],
    ['one of several peers', [{ from: [B, A] }], [{ from: [A] }]],
    ['several peers, in any order', [{ to: [A, B] }], [{ to: [B, A] }]],
    ['everyone', [{}], [{ from: [A] }]],
    ['an empty list, which is everyone', [{ from: [] }], [{ from: [A] }]],
    ['pods with fewer labels', [{ from: [A] }], [{ from: [pods({ app: 'a', tier: 'web' })] }]],
    ['its own namespace by name', [{ from: [pods({}, 'shop')] }], [{ from: [A] }]],
    ['a wider range', [{ to: [range('10.0.0.0/8')] }], [{ to: [range('10.1.0.0/16', ['10.1.2.0/24'])] }]],
    ['TCP, which is the default', [{ ports: [{ port: 80 }] }], [{ ports: [{ protocol: 'TCP', port: 80 }] }]],
    ['each by a rule of its own', [{ from: [A] }, { from: [B] }], [{ from: [B] }, { from: [A] }]],
  ])('%s', (_, broad, narrow) => {
    expect(covers(broad, narrow)).toBe(true)
  })

  test.each<[string, Fields[], Fields[]]>([
    ['one peer of two', [{ from: [A] }], [{ from: [A, B] }]],
    ['pods, of everyone', [{ from: [A] }], [{}]],
    ['pods with more labels', [{ from: [pods({ app: 'a', tier: 'web' })] }], [{ from: [A] }]],
    ['another namespace', [{ from: [pods({}, 'web')] }], [{ from: [A] }]],
    ['a narrower range', [{ to: [range('10.1.0.0/16')] }], [{ to: [range('10.0.0.0/8')] }]],
    ['a range with a hole', [{ to: [range('10.0.0.0/8', ['10.1.0.0/16'])] }], [{ to: [range('10.2.0.0/16')] }]],
    ['what is no range', [{ to: [range('all')] }], [{ to: [range('10.2.0.0/16')] }]],
    ['a range, of pods', [{ to: [range('0.0.0.0/0')] }], [{ to: [A] }]],
    ['UDP, of TCP', [{ ports: [{ protocol: 'UDP', port: 80 }] }], [{ ports: [{ port: 80 }] }]],
    ['one rule of two', [{ from: [A] }], [{ from: [A] }, { from: [B] }]],
    ['what is no peer', [{ from: ['a'] }], [{ from: [A] }]],
  ])('not by %s', (_, broad, narrow) => {
    expect(covers(broad, narrow)).toBe(false)
  })
})

describe('one selector selects all that another does', () => {
  const expression = { key: 'tier', operator: 'In', values: ['web'] }

  test.each<[unknown, unknown, boolean]>([
    [{}, { matchLabels: { app: 'a' } }, true],
    [undefined, { matchLabels: { app: 'a' } }, true],
    [{ matchLabels: { app: 'a' } }, {}, false],
    [{ matchLabels: { app: 'a' } }, { matchLabels: { app: 'b' } }, false],
    [{ matchExpressions: [expression] }, { matchLabels: { app: 'a' }, matchExpressions: [expression] }, true],
    [{ matchExpressions: [expression] }, { matchLabels: { tier: 'web' } }, false],
    [{ matchLabels: { app: 'a' }, matchExpressions: [expression] }, { matchLabels: { app: 'a' } }, false],
  ])('%j, %j: %s', (broad, narrow, expected) => {
    expect(coversSelector(broad, narrow)).toBe(expected)
  })
})
