import { catalog } from '../../functions/catalog.ts'
import { plan } from '../../functions/hardening/plan.ts'
import { declaredBy } from '../../functions/hardening/shared-fields.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'

const API_VERSION = 'krm-hardening.dev/v1alpha1'
const policy = (kind: unknown, spec?: unknown, apiVersion = API_VERSION): unknown => ({
  apiVersion,
  kind,
  metadata: { name: 'policy' },
  ...(spec !== undefined && { spec }),
})

function refusalOf(functionConfig: unknown): Finding | undefined {
  try {
    plan(functionConfig)
  } catch (error) {
    if (error instanceof InputError) return error.findings[0]
    throw error
  }
  return undefined
}

const FLOWS = { 'shop/cart:8080': { from: ['web/web'] } }
const ELSEWHERE = { 'web/web': { reason: 'another team has it' } }
const FLUX = { targetNamespace: 'shop' }

describe('the kind of a policy', () => {
  test.each([undefined, null, 'Hardening', [policy('Hardening')]])('is missing in %j', (functionConfig) => {
    expect(refusalOf(functionConfig)?.id).toBe('policy/missing')
  })

  test.each<[string, unknown]>([
    ['of another version', policy('Hardening', {}, 'krm-hardening.dev/v1')],
    ['of a name that nothing has', policy('Softening', {})],
    ['that is no text', policy(7, {})],
  ])('is unknown if it is one %s', (_, functionConfig) => {
    expect(refusalOf(functionConfig)?.id).toBe('policy/unknown-kind')
  })

  test('is corrected where it is misspelt, but not where it is of somebody else', () => {
    expect(refusalOf(policy('Harden'))?.message).toContain('(did you mean Hardening?)')
    expect(refusalOf(policy('Harden', {}, 'example.com/v1'))?.message).toContain('Harden of example.com/v1, expected')
  })

  test('is one of those that the message lists', () => {
    const kinds = ['Hardening', ...catalog.map(({ kind }) => kind)].join(', ')
    for (const wrong of [undefined, policy('Other')]) expect(refusalOf(wrong)?.message).toContain(kinds)
  })

  test('alone asks for its own function, and Hardening for those whose section is there', () => {
    const names = (functionConfig: unknown) => plan(functionConfig).map((step) => step.function.name)
    expect(names(policy('ReplicationFactor'))).toEqual(['replication-factor'])
    expect(names(policy('Hardening'))).toEqual([])
    expect(names(policy('Hardening', { networkPolicy: {}, securityContext: {} }))).toEqual([
      'security-context-enforcer',
      'network-policy-default-deny',
    ])
  })
})

test.each<[string, unknown, string]>([
  ['Hardening', { flows: 7 }, 'Hardening: spec.flows:'],
  ['ReplicationFactor', { other: 7 }, 'ReplicationFactor: spec.other:'],
  ['ReplicationFactor', { other: 7, hardening: {} }, 'ReplicationFactor: spec.other:'],
  ['ReplicationFactor', { hardening: { other: 7 } }, 'ReplicationFactor: spec.hardening.other:'],
])('a mistake in a policy of kind %s, %j, is named by where it is: %s', (kind, spec, where) => {
  expect(refusalOf(policy(kind, spec))?.message).toContain(where)
})

describe('what is declared once', () => {
  const SHARED = { flows: FLOWS, elsewhere: ELSEWHERE, flux: FLUX }

  test('goes to every section that takes it, and to no other', () => {
    const spec = { ...SHARED, securityContext: {}, networkPolicy: {}, conventions: {} }
    const taken = plan(policy('Hardening', spec)).map((step) => [
      step.function.section,
      Object.keys(SHARED).filter((key) => Object.hasOwn(step.spec, key)),
    ])
    expect(taken).toEqual([
      ['securityContext', ['flux']],
      ['networkPolicy', ['flows', 'elsewhere', 'flux']],
      ['conventions', []],
    ])
  })

  test('reaches a kind of its own by the field hardening', () => {
    const [step] = plan(policy('NetworkPolicyDefaultDeny', { hardening: SHARED, dialect: 'cilium' }))
    expect(step?.spec).toMatchObject({ flows: FLOWS, elsewhere: ELSEWHERE, dialect: 'cilium' })
  })

  test('is left out where the policy does not say it', () => {
    const [step] = plan(policy('Hardening', { flows: FLOWS, networkPolicy: {} }))
    expect(step?.spec).not.toHaveProperty('elsewhere')
  })

  test('is refused in a section, and next to the field hardening', () => {
    const inSection = policy('Hardening', { networkPolicy: { flows: FLOWS } })
    expect(refusalOf(inSection)?.id).toBe('policy/flows-in-section')
    const twice = policy('NetworkPolicyDefaultDeny', { flows: FLOWS, hardening: {} })
    expect(refusalOf(twice)?.id).toBe('policy/shared-twice')
  })

  test('is found in a policy of either form; what a kind of its own says comes first', () => {
    expect(declaredBy({ spec: { flows: FLOWS, networkPolicy: {} } })).toStrictEqual({ flows: FLOWS })
    expect(declaredBy({ spec: { hardening: { flows: {}, flux: FLUX }, flows: FLOWS } })).toEqual({
      flows: FLOWS,
      flux: FLUX,
    })
    expect(declaredBy({ spec: { hardening: 7 } })).toEqual({})
    expect(declaredBy({ spec: null })).toEqual({})
  })
})

describe('mode validate', () => {
  const modes = (kind: string, spec: object) => plan(policy(kind, spec)).map((step) => step.spec.mode)

  test('of the whole policy holds for every section', () => {
    expect(modes('Hardening', { mode: 'validate', securityContext: {}, networkPolicy: {} })).toEqual([
      'validate',
      'validate',
    ])
    expect(modes('ReplicationFactor', { hardening: { mode: 'validate' } })).toEqual(['validate'])
  })

  test('of one section stays, whatever the whole policy says', () => {
    const spec = { mode: 'mutate', securityContext: { mode: 'validate' }, networkPolicy: {} }
    expect(modes('Hardening', spec)).toEqual(['validate', 'mutate'])
  })
})
