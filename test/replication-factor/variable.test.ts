import type { Container } from '../../functions/lib/kubernetes/pod-template.ts'
import { isPlaceholder } from '../../functions/lib/kubernetes/type-check.ts'
import type { Scalable } from '../../functions/replication-factor/build/scalable.ts'
import { fill, podsOf } from '../../functions/replication-factor/derive/evaluate.ts'
import { argumentsOf } from '../../functions/replication-factor/derive/target-argument.ts'
import { expandVariables, referredVariable } from '../../functions/replication-factor/derive/variable.ts'

test.each([
  [`\${NAME}`, true],
  [`\${NAME:=3}`, true],
  ['$(NAME)', true],
  [`x\${NAME}`, false],
  [`\${A}\${B}`, false],
  ['3', false],
  [3, false],
])('%j is a placeholder: %s', (text, expected) => expect(isPlaceholder(text)).toBe(expected))

test.each([
  ['$(REPLICATION_FACTOR)', 'REPLICATION_FACTOR'],
  ['$$(REPLICATION_FACTOR)', undefined],
  ['3', undefined],
])('%s refers to the variable %s', (text, name) => expect(referredVariable(text)).toBe(name))

describe('what a container sees', () => {
  const container = {
    name: 'etcd',
    env: [
      { name: 'NAME', value: 'etcd' },
      { name: 'HOST', value: '$(NAME)-0' },
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
  } as Container

  test.each([
    ['http://$(HOST).$(NAMESPACE)', 'http://etcd-0.shop'],
    ['$(POD)', '$(POD)'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$$(NAME)', '$$(NAME)'],
  ])('of %s is %s', (text, seen) => expect(expandVariables(text, container, 'shop')).toBe(seen))
})

describe('members', () => {
  const scalable = {
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'etcd' },
      spec: { ordinals: { start: 2 } },
    },
    kind: 'StatefulSet',
    name: 'etcd',
    namespace: 'shop',
    path: [],
  } as Scalable

  test('are the pods of a StatefulSet, from its first ordinal', () => {
    expect(podsOf(scalable, 2, 'peers')).toEqual([
      { name: 'etcd', index: '2', pod: 'etcd-2', service: 'peers', namespace: 'shop' },
      { name: 'etcd', index: '3', pod: 'etcd-3', service: 'peers', namespace: 'shop' },
    ])
  })

  test('fill a template, in which placeholders stay', () => {
    const member = { name: 'a', index: '0', pod: 'a-0', service: 's', namespace: 'n', host: 'h' }
    expect(fill(`{pod}={host}.{service}.{namespace}/{name}/{index} \${name} $(name) {other}`, member)).toBe(
      `a-0=h.s.n/a/0 \${name} $(name) {other}`,
    )
  })
})

describe('a flag', () => {
  const pod = (...args: string[]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [
        { name: 'a', image: 'a', command: ['run', '--x=0'], args },
        { name: 'b', image: 'b', args: ['-x', '9'] },
      ],
    },
  })
  const found = (flag: string, container?: string, ...args: string[]): string[] =>
    argumentsOf(pod(...args), flag, container).map(({ field, lead, value }) => `${field} ${lead}${value}`)

  test('is found in command and arguments, with one dash or two, in one item or two', () => {
    expect(found('--x', undefined, '-x=1', '--y=2', '--x', '3', '--xx=4')).toEqual([
      'spec.containers[0].command[1] --x=0',
      'spec.containers[0].args[0] -x=1',
      'spec.containers[0].args[3] 3',
      'spec.containers[1].args[1] 9',
    ])
  })

  test('may be asked of one container', () => expect(found('-x', 'b')).toEqual(['spec.containers[1].args[1] 9']))
  test('without a value is no variable', () => expect(found('--z', undefined, '--z')).toEqual([]))
})
