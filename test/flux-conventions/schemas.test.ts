import { loadSchemas, type Schema, type Schemas } from '../../functions/flux-conventions/schemas/schemas.ts'
import { misfits } from '../../functions/flux-conventions/schemas/validate.ts'

let schemas: Schemas
beforeAll(async () => {
  schemas = await loadSchemas()
})

const specOf = (type: string): Schema => schemas[type]?.spec as Schema
const kustomization = (spec: object) =>
  misfits(
    { interval: '1h', prune: true, sourceRef: { kind: 'GitRepository', name: 'flux-system' }, ...spec },
    specOf('kustomize.toolkit.fluxcd.io/Kustomization'),
    ['spec'],
  )
const release = (spec: object) =>
  misfits({ interval: '1h', ...spec }, specOf('helm.toolkit.fluxcd.io/HelmRelease'), ['spec'])

test('every kind of Flux has a schema, in the version that Flux stores', () => {
  expect(schemas['helm.toolkit.fluxcd.io/HelmRelease']?.version).toBe('v2')
  for (const kind of ['GitRepository', 'OCIRepository', 'HelmRepository', 'HelmChart', 'Bucket'])
    expect(schemas[`source.toolkit.fluxcd.io/${kind}`]?.version).toBe('v1')
})

test('every pattern is a regular expression that JavaScript reads', () => {
  const patterns = [...JSON.stringify(schemas).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, text = '']) =>
    JSON.parse(text),
  )
  expect(patterns.length).toBeGreaterThan(20)
  for (const pattern of patterns) expect(() => new RegExp(pattern)).not.toThrow()
})

test('retryInterval is a field of Kustomizations and none of HelmReleases', () => {
  expect(kustomization({ retryInterval: '2m' })).toEqual([])
  expect(release({ retryInterval: '2m' })).toMatchObject([{ path: ['spec', 'retryInterval'] }])
  expect(release({ install: { strategy: { name: 'RetryOnFailure', retryInterval: '2m' } } })).toEqual([])
})

test.each<[what: string, spec: object, path: string, expected: RegExp]>([
  ['a duration without a unit', { timeout: '5' }, 'timeout', /duration/],
  ['a number for a duration', { interval: 5 }, 'interval', /a string/],
  ['a quoted boolean', { wait: 'true' }, 'wait', /a boolean/],
  [
    'a kind of source that does not exist',
    { sourceRef: { kind: 'HelmRepository', name: 'a' } },
    'sourceRef.kind',
    /one of/,
  ],
  ['a map for a list', { dependsOn: { name: 'a' } }, 'dependsOn', /a list/],
  ['a dependency without a name', { dependsOn: [{ namespace: 'a' }] }, 'dependsOn.0.name', /required/],
  ['a field within a list', { dependsOn: [{ name: 'a', kind: 'b' }] }, 'dependsOn.0.kind', /one of/],
  ['a misspelt field', { targetNameSpace: 'a' }, 'targetNameSpace', /one of/],
])('a Kustomization does not fit with %s', (_, spec, path, expected) => {
  const [first, ...others] = kustomization(spec)
  expect(first?.path.join('.')).toBe(`spec.${path}`)
  expect(first?.expected).toMatch(expected)
  expect(others).toEqual([])
})

test.each<[what: string, spec: object]>([
  ['a variable for whatever it stands for', { interval: '${INTERVAL}', wait: '${WAIT:=true}', timeout: '${M}m' }],
  ['variables of its own', { postBuild: { substitute: { A: 'b' }, substituteFrom: [{ kind: 'Secret', name: 'a' }] } }],
  ['a patch', { patches: [{ patch: '- op: test', target: { kind: 'Deployment' } }] }],
  ['health checks in CEL', { healthCheckExprs: [{ apiVersion: 'v1', kind: 'A', current: 'true' }] }],
])('a Kustomization fits with %s', (_, spec) => {
  expect(kustomization(spec)).toEqual([])
})

test('the values of a HelmRelease are whatever its chart takes', () => {
  expect(release({ values: { anything: { at: ['all', 1, true] } } })).toEqual([])
})

test('a message names the field that was probably meant', () => {
  expect(kustomization({ targetNameSpace: 'a' })[0]?.found).toContain('did you mean targetNamespace?')
})
