import { BadSubstitution, expand } from '../../cli/flux/expand.ts'
import { substituted, type Variables, variablesOf } from '../../cli/flux/substitute.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { EXPRESSIONS, REFUSED, VARIABLES } from './lib/expressions.ts'

const known = (name: string): string => VARIABLES[name] ?? ''

test.each(EXPRESSIONS)('%s', (expression, expected) => {
  expect(expand(expression, known)).toBe(expected)
})

test.each(REFUSED)('%s is no expression', (expression) => {
  expect(() => expand(expression, known)).toThrow(BadSubstitution)
})

test('an error names the line, and not what is in it', () => {
  expect(() => expand('kind: Secret\ndata:\n  key: hunter2${}\n', known)).toThrow(
    /^variable substitution failed at line 3: expected the name of a variable$/,
  )
})

test('a variable whose value is not known stays as it is written, within a default too', () => {
  const onlyA = (name: string): string | undefined => (name === 'A' ? '' : undefined)
  expect(expand('${B} ${B:=x} ${A:=${B}}', onlyA)).toBe('${B} ${B:=x} ${B}')
})

describe('an object', () => {
  const of = (values: Record<string, string>, hasUnknown = false): Variables => ({
    values: new Map(Object.entries(values)),
    hasUnknown,
  })
  const text = (metadata: string): string =>
    `kind: ConfigMap\nmetadata:\n${metadata}  name: a\ndata:\n  key: $\${A}\${A}\n`

  test('is left as it is if the Kustomization has no variables', () => {
    expect(substituted(text(''), of({}))).toBe(text(''))
    expect(substituted(text(''), of({ A: 'x' }))).toContain('key: ${A}x\n')
  })

  test.each(['labels', 'annotations'])('is left as it is if its %s say so', (map) => {
    const off = text(`  ${map}:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\n`)
    expect(substituted(off, of({ A: 'x' }))).toBe(off)
  })

  test('is refused if the name of a variable is invalid', () => {
    expect(() => substituted(text(''), of({ 'a-b': 'x' }))).toThrow(BadSubstitution)
  })
})

describe('the variables of a Kustomization', () => {
  const kustomization = (postBuild: object): KubernetesObject => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'app' },
    spec: { postBuild },
  })
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cluster' }, data: { A: 'one\n', B: 'two' } }
  const from = { kind: 'ConfigMap', name: 'cluster' }

  test('are those of its sources, those that it names itself first, without line breaks', () => {
    const found = variablesOf(kustomization({ substitute: { B: '2\n2' }, substituteFrom: [from] }), 'web', () => map)
    expect([...(found?.values ?? [])]).toEqual([
      ['A', 'one'],
      ['B', '22'],
    ])
    expect(found?.hasUnknown).toBe(false)
  })

  test('are not all known where a source is missing', () => {
    expect(variablesOf(kustomization({ substituteFrom: [from] }), 'web', () => undefined)?.hasUnknown).toBe(true)
    const optional = kustomization({ substituteFrom: [{ ...from, optional: true }] })
    expect(variablesOf(optional, 'web', () => undefined)?.hasUnknown).toBe(false)
  })
})
