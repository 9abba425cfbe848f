import type { ChartFiles } from '../../../cli/outdated/changes/chart-files.ts'
import { valueChanges } from '../../../cli/outdated/changes/value-changes.ts'
import type { Fields } from '../../../functions/lib/kubernetes/objects.ts'

const chart = (values: Fields, more: Partial<ChartFiles> = {}): ChartFiles => ({
  values,
  schema: undefined,
  templates: '',
  subcharts: new Map(),
  ...more,
})
const NOTHING = { gone: [], unknown: [], retyped: [], required: [] }

describe('a value that the release sets is known if', () => {
  test.each<[string, Fields, ChartFiles]>([
    ['it has a default', { image: { tag: '1' } }, chart({ image: { tag: '' } })],
    ['it is below an empty map', { podLabels: { team: 'a' } }, chart({ podLabels: {} })],
    ['it is below nothing', { affinity: { nodeAffinity: {} } }, chart({ affinity: null })],
    ['a template reads it', { extra: 1 }, chart({}, { templates: '{{ .Values.extra }}' })],
    [
      'a template reads all of its map',
      { a: { b: { c: 1 } } },
      chart({ a: { b: { d: 1 } } }, { templates: '{{ with .Values.a.b }}' }),
    ],
    ['a library chart reads it', { a: { b: 1 } }, chart({}, { templates: '{{ range $.Values.a }}' })],
    ['a subchart knows it', { db: { size: 1 } }, chart({}, { subcharts: new Map([['db', chart({ size: 2 })]]) })],
    ['it is for all subcharts', { global: { registry: 'a' } }, chart({})],
    [
      'the schema has it',
      { tier: 'a' },
      chart({}, { schema: { additionalProperties: false, properties: { tier: {} } } }),
    ],
    [
      'the schema has it behind a reference',
      { web: { port: 1 } },
      chart(
        {},
        {
          schema: {
            properties: { web: { $ref: '#/$defs/a~1b' } },
            $defs: { 'a/b': { additionalProperties: false, properties: { port: {} } } },
          },
        },
      ),
    ],
    [
      'the schema takes names of a pattern',
      { x1: 1 },
      chart(
        { y: 1 },
        { templates: '.Values.x1', schema: { additionalProperties: false, patternProperties: { '^x': {} } } },
      ),
    ],
  ])('%s', (_what, set, known) => {
    expect(valueChanges(set, known, known)).toEqual(NOTHING)
  })
})

describe('a value is unknown', () => {
  test('if nothing has it, and only its topmost map is named', () => {
    const both = chart({ image: { tag: '' } }, { templates: '{{ .Values.image.tag }}{{ .Values.imagePullSecrets }}' })
    expect(valueChanges({ image: { tga: '1' }, imagePull: { a: { b: 1 } } }, both, both).unknown).toEqual([
      'image.tga',
      'imagePull',
    ])
  })

  test('if the schema is strict, whatever templates read', () => {
    const both = chart({}, { templates: '.Values.a', schema: { additionalProperties: false, properties: { b: {} } } })
    expect(valueChanges({ a: 1 }, both, both).unknown).toEqual(['a'])
  })
})

describe('a value that is gone names what probably followed', () => {
  test.each<[string, string, Fields, Fields, Fields, string | undefined]>([
    [
      'of the same name elsewhere',
      'controller.image',
      { controller: { image: {} } },
      { controller: { image: {} } },
      { controller: { x: 1 }, image: {} },
      'image',
    ],
    [
      'the nearest of several of the same name',
      'web.port',
      { web: { port: 1 } },
      { web: { port: 1 } },
      { web: { x: 1 }, db: { main: { port: 1 } }, webs: { port: 1 } },
      'webs.port',
    ],
    [
      'of nearly the same name',
      'podAnnotation',
      { podAnnotation: {} },
      { podAnnotation: {} },
      { podAnnotations: {} },
      'podAnnotations',
    ],
    [
      'with the same default',
      'cacheSize',
      { cacheSize: 1 },
      { cacheSize: 4096 },
      { cache: { bytes: 4096 } },
      'cache.bytes',
    ],
    [
      'nothing, if several have the default',
      'cacheSize',
      { cacheSize: 1 },
      { cacheSize: 4096 },
      { a: 4096, b: 4096 },
      undefined,
    ],
    ['nothing, if the default says nothing', 'legacy', { legacy: true }, { legacy: true }, { modern: true }, undefined],
  ])('%s', (_what, path, set, before, after, now) => {
    expect(valueChanges(set, chart(before), chart(after)).gone).toEqual([now === undefined ? { path } : { path, now }])
  })
})

test('a default of another type is named, where the release sets it', () => {
  const [before, after] = [chart({ hosts: ['a'], port: 80, other: 1 }), chart({ hosts: {}, port: '80', other: [] })]
  expect(valueChanges({ hosts: ['b'], port: 81 }, before, after).retyped).toEqual([
    { path: 'hosts', before: 'list', after: 'map' },
    { path: 'port', before: 'number', after: 'string' },
  ])
})

describe('a value is required', () => {
  const schema = {
    required: ['tenant', 'web'],
    properties: { web: { required: ['host'] }, db: { required: ['size'] } },
  }
  const before = chart({})
  const required = (set: Fields, values: Fields = {}): string[] =>
    valueChanges(set, before, chart(values, { schema, templates: '.Values.web .Values.db .Values.tenant' })).required

  test('if the new schema says so, and nothing sets it', () => {
    expect(required({ web: {} })).toEqual(['tenant', 'web.host'])
  })

  test('but not if the release or the chart sets it', () => {
    expect(required({ tenant: 'a' }, { web: { host: 'b' } })).toEqual([])
  })

  test('also if the release takes its default away', () => {
    expect(required({ tenant: null, web: { host: 'a' } }, { tenant: 'a' })).toEqual(['tenant'])
  })

  test('but not below a map that is not there', () => {
    expect(required({ tenant: 'a', web: { host: 'a' } })).toEqual([])
    expect(required({ tenant: 'a', web: { host: 'a' }, db: {} })).toEqual(['db.size'])
  })

  test('but not a new one, if the old schema said so too', () => {
    const both = chart({}, { schema: { required: ['tenant'] } })
    expect(valueChanges({}, both, both).required).toEqual([])
  })
})
