import { ExactInteger } from '../../functions/lib/exact-integer.ts'
import { isConfidential, isConfidentialKey, show, withoutSecrets } from '../../functions/lib/framework/confidential.ts'
import { didYouMean, nearest } from '../../functions/lib/framework/did-you-mean.ts'
import { defineFindings, describeFinding, toLine, toResult } from '../../functions/lib/framework/finding.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'
import { unknownKey, unknownKeys, workloadNames } from '../../functions/lib/framework/unknown-keys.ts'
import { forgetFindings } from '../support/forget-findings.ts'

afterAll(forgetFindings('test'))

const object = (metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', ...metadata },
})
const said = defineFindings('test', {
  wrong: {
    severity: 'warning',
    message: (found: string) => `found ${found}`,
    means: 'It is wrong.',
    why: 'Because.',
    fix: 'Write it right.',
  },
  unknownKey,
})

describe('a finding', () => {
  test('has the severity of its kind unless policy decides another', () => {
    expect(said.wrong({}, 'a')).toEqual({ id: 'test/wrong', severity: 'warning', message: 'found a' })
    expect(said.wrong({ severity: 'error', field: { path: 'spec' } }, 'a')).toEqual({
      id: 'test/wrong',
      severity: 'error',
      message: 'found a',
      field: { path: 'spec' },
    })
  })

  test('is one line: severity, id, object, field and message', () => {
    const finding = said.wrong({ object: object({ namespace: 'shop' }), field: { path: 'spec.a' } }, 'a\nb')
    expect(toLine(finding, 'security-context-enforcer')).toBe(
      'warning: test/wrong: Deployment shop/cart: spec.a: found a b',
    )
    expect(describeFinding(said.wrong({}, 'a'))).toBe('found a')
    expect(describeFinding(said.wrong({ object: object() }, 'a'))).toBe('Deployment cart: found a')
  })

  test('of what every function does names the function that did it', () => {
    const finding = { ...said.wrong({}, 'a'), id: 'objects/changed' }
    expect(toLine(finding, 'replication-factor')).toBe('warning: objects/changed: replication-factor: found a')
    expect(toLine(finding, '')).toBe('warning: objects/changed: found a')
  })

  test('is a result as the specification of functions has it', () => {
    const annotations = { 'internal.config.kubernetes.io/path': 'a/b.yaml' }
    const finding = said.wrong(
      {
        object: object({ namespace: 'shop', annotations }),
        field: { path: 'spec.a', currentValue: 1, proposedValue: 2 },
        tags: { level: 'high' },
      },
      'a',
    )
    expect(toResult(finding, 'test-function')).toEqual({
      message: 'found a',
      severity: 'warning',
      resourceRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart', namespace: 'shop' },
      field: { path: 'spec.a', currentValue: 1, proposedValue: 2 },
      file: { path: 'a/b.yaml' },
      tags: { function: 'test-function', id: 'test/wrong', level: 'high' },
    })
    expect(toResult(said.wrong({}, 'a'), 'test-function')).toStrictEqual({
      message: 'found a',
      severity: 'warning',
      tags: { function: 'test-function', id: 'test/wrong' },
    })
    expect(toResult(said.wrong({ object: object() }, 'a'), '').resourceRef).toStrictEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'cart',
    })
  })

  test('stops the program with a line for each', () => {
    const one = said.wrong({ object: object() }, 'a')
    expect(new InputError(one)).toMatchObject({
      findings: [one],
      message: 'Deployment cart: found a',
      name: 'InputError',
    })
    expect(new InputError([one, said.wrong({}, 'b')]).message).toBe('Deployment cart: found a\nfound b')
  })
})

describe('what may be secret', () => {
  test.each<[string, unknown, boolean]>([
    ['spec.containers[0].env[0].value', 'a', true],
    ['spec.containers[0].args', ['a'], true],
    ['spec.containers[0].args[0]', 'a', true],
    ['spec.containers[0].command[0]', 'a', true],
    ['metadata.annotations["a/b"]', 'a', true],
    ['data', {}, true],
    ['stringData.a', 'a', true],
    ['binaryData.a', 'a', true],
    ['spec.environment', 'a', false],
    ['spec.metadata', 'a', false],
    ['spec.replicas', 1, false],
    ['spec', { replicas: 1 }, false],
    ['spec', { template: [{ env: [] }] }, true],
    ['spec', { args: null }, true],
    ['spec', ['env'], false],
  ])('at %s, %j: %s', (path, value, expected) => {
    expect(isConfidential(path, value)).toBe(expected)
    expect(show(path, value).includes(JSON.stringify(value))).toBe(!expected)
  })

  test('is not in the field of a result', () => {
    const field = { path: 'spec', currentValue: { args: ['hunter2'] }, proposedValue: { replicas: 1 } }
    expect(withoutSecrets(field)).toEqual({ path: 'spec', proposedValue: { replicas: 1 } })
    expect(withoutSecrets({ path: 'data.a', currentValue: 'hunter2' })).toEqual({ path: 'data.a' })
    expect(['env', 'annotations', 'name'].map(isConfidentialKey)).toEqual([true, true, false])
  })

  test('is told by its type, and all else as JSON that is cut', () => {
    expect(show('spec.a', undefined)).toBe('nothing')
    expect(show('data.a', 'hunter2')).toBe('a string')
    expect(show('spec.a', new ExactInteger('9007199254740993'))).toBe('9007199254740993')
    expect(show('spec.a', 'x'.repeat(118))).toBe(`"${'x'.repeat(118)}"`)
    expect(show('spec.a', 'x'.repeat(119))).toBe(`"${'x'.repeat(116)}...`)
  })
})

describe('what was probably meant differs in two letters, or in a third of them', () => {
  test.each<[string, string[], string | undefined]>([
    ['mirror', ['mirrors', 'digests'], 'mirrors'],
    ['abc', ['xbz'], 'xbz'],
    ['abc', ['xyz'], undefined],
    ['123456000', ['123456789'], '123456789'],
    ['123450000', ['123456789'], undefined],
    ['a', [], undefined],
  ])('%s, of %j: %s', (written, candidates, expected) => {
    expect(nearest(written, candidates)).toBe(expected)
    expect(didYouMean(written, candidates)).toBe(expected === undefined ? '' : ` (did you mean ${expected}?)`)
  })
})

describe('a key of a policy that names nothing in the build', () => {
  const found = (entries: object | undefined, names: string[], matches?: (key: string) => boolean) =>
    unknownKeys(said.unknownKey, 'workloads', entries as Record<string, unknown> | undefined, {
      what: 'workload',
      names,
      ...(matches && { matches }),
    })

  test('is reported by its path, with the name that was probably meant', () => {
    expect(found({ cart: 1, crat: 2, 'Deployment/crat': 3 }, ['cart', 'Deployment/cart'])).toMatchObject([
      { field: { path: 'workloads.crat' }, message: expect.stringContaining('(did you mean cart?)') },
      { field: { path: 'workloads["Deployment/crat"]' }, message: expect.stringContaining('mean Deployment/cart?)') },
    ])
  })

  test('is not one that names something, or matches', () => {
    expect(found({ cart: 1 }, ['cart'])).toEqual([])
    expect(found({ 'ca*': 1 }, ['cart'], (key) => key === 'ca*')).toEqual([])
    expect(found({ 'ca*': 1 }, ['cart'], () => false)).toHaveLength(1)
    expect(found(undefined, ['cart'])).toEqual([])
    expect(found({}, ['cart'])).toEqual([])
  })

  test('was never meant as all names', () => {
    expect(found({ a: 1 }, ['*'])[0]?.message).not.toContain('did you mean')
  })

  test('a workload may be named with its kind', () => {
    expect(workloadNames([{ kind: 'Job', name: 'a' }])).toEqual(['a', 'Job/a'])
  })
})

test.each(['\n', '\r', '\u0085', '\u2028', '\u2029', '\u001b', '\u009b'])(
  'a name that holds %j ends no line and moves no cursor',
  (character) => {
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `a${character}error: b` } }
    const line = toLine({ id: 'test/x', severity: 'warning', message: 'found it', object }, 'test')
    expect(line).toBe('warning: test/x: Pod a error: b: found it')
  },
)
