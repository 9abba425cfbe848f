import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { presetOf, presets } from '../../functions/replication-factor/presets/index.ts'
import { FUNCTIONS, input, runExample, toDocuments } from '../support/examples.ts'
import { configMap, QUIET, run, workload } from './build.ts'

const FOLDER = join(FUNCTIONS, 'replication-factor')

describe.each(Object.entries(presets))('preset %s', (name, preset) => {
  test('has an example', () => {
    const examples = [name, `${name}-in-production`].map((example) => join(FOLDER, 'examples', `preset-${example}`))
    expect(examples.some((folder) => existsSync(folder))).toBe(true)
  })

  test('is described in the README, with every part and value', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
    for (const key of [...Object.keys(preset.parts), ...Object.keys(preset.values)]) expect(row).toContain(`\`${key}\``)
  })

  test('mentions only parts that it has, each of them in a value', () => {
    const mentioned = [...JSON.stringify(preset).matchAll(/\{([\w-]+)\}/g)].map(([, part]) => part)
    const inTemplates = ['name', 'index', 'pod', 'service', 'namespace', 'host', 'value']
    const known = ['prefix', ...Object.keys(preset.parts)]
    expect(mentioned.filter((part) => !inTemplates.includes(part ?? '') && !known.includes(part ?? ''))).toEqual([])
    for (const part of Object.keys(preset.parts))
      expect([
        part,
        JSON.stringify([preset.values, preset.parts]).includes(`{${part}}`) || preset.parts[part]?.quorum,
      ]).toEqual([part, true])
  })
})

test('a preset may be used twice, under a name of your own after its name', () => {
  expect(presetOf('etcd/events')).toBe(presets.etcd)
  expect(presetOf('toString')).toBeUndefined()
})

test('of the environments of a whole stack only the factor differs', () => {
  const policy = (environment: string) =>
    parse(readFileSync(join(FOLDER, 'examples', `preset-mimir-in-${environment}`, 'policy.yaml'), 'utf8')).spec
  const resources = (environment: string) =>
    readFileSync(join(FOLDER, 'examples', `preset-mimir-in-${environment}`, 'resources.yaml'), 'utf8')
  expect(policy('production')).toEqual({ ...policy('dev'), factor: 3 })
  expect(resources('production')).toBe(resources('dev'))
})

test('the environment dev, after production, is dev again: both come from the same base', async () => {
  const folder = join(FOLDER, 'examples', 'preset-mimir-in-dev')
  const { resources, policy } = input({ name: 'dev', folder })
  const { stdout } = await runExample(resources, policy)
  expect(toDocuments(stdout)).toBe(resources)
})

describe('a workload that a preset knows', () => {
  const loki = (replicas: number, spec: object) =>
    run([workload('StatefulSet', 'loki-ingester', { replicas })], {
      ...QUIET,
      presets: { loki: { values: { ring: 'off' } } },
      ...spec,
    })
  const replicasOf = ({ objects: [object] }: Awaited<ReturnType<typeof loki>>) => valueAt(object, ['spec', 'replicas'])

  test('is raised to the factor', async () => expect(replicasOf(await loki(1, { factor: 3 }))).toBe(3))
  test('keeps more replicas than the factor', async () => expect(replicasOf(await loki(5, { factor: 3 }))).toBe(5))
  test('keeps what the policy says, and is refused below the factor', async () => {
    const answer = await loki(1, { factor: 3, replicas: { 'loki-ingester': 2 } })
    expect(replicasOf(answer)).toBe(2)
    expect(answer.errors).toEqual(['factor-above-replicas spec.replicas'])
  })
  test('is raised to a factor of its own', async () => {
    expect(replicasOf(await loki(1, { factor: 3, workloads: { 'loki-ingester': { factor: 2, reason: 'why' } } }))).toBe(
      2,
    )
  })
})

test.each([
  [1, 1],
  [2, 3],
  [3, 3],
  [4, 5],
])('a quorum is raised at factor %i to %i members, an odd number', async (factor, members) => {
  const { objects, errors } = await run(
    [workload('StatefulSet', 'etcd', { replicas: 1, spec: { serviceName: 'etcd' } })],
    {
      ...QUIET,
      factor,
      presets: { etcd: { values: { 'initial-cluster': 'off' } } },
    },
  )
  expect(objects[0]?.spec).toMatchObject({ replicas: members })
  expect(errors).toEqual([])
})

describe('the ring of loki', () => {
  const written = async (text: string) => {
    const { objects, errors } = await run(
      [workload('StatefulSet', 'loki-ingester', { replicas: 3 }), configMap('loki', 'loki.yaml', text)],
      { ...QUIET, factor: 3, presets: { loki: {} } },
    )
    return errors[0] ?? valueAt(objects[1], ['data', 'loki.yaml'])
  }

  test.each([
    ['in common', 'common:\n  replication_factor: 1\n'],
    ['in the ring of the ingester', 'ingester:\n  lifecycler:\n    ring:\n      replication_factor: 1 # each\n'],
    ['in the ring of the index gateway', 'index_gateway:\n  ring:\n    replication_factor: 1\n'],
    ['in several places', 'common:\n  replication_factor: 1\nindex_gateway:\n  ring: {replication_factor: 1}\n'],
  ])('is written %s', async (_, text) => {
    expect(await written(text)).toBe(text.replaceAll('replication_factor: 1', 'replication_factor: 3'))
  })

  test('must be in one of its places', async () => {
    expect(await written('common: {}\n')).toBe('cannot-write data["loki.yaml"]: common.replication_factor')
  })
})

test('a Service of the name of a part is not the part', async () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'loki-ingester', namespace: 'shop' },
    spec: {},
  }
  const { errors } = await run([service], { ...QUIET, factor: 3, presets: { loki: { values: { ring: 'off' } } } })
  expect(errors).toEqual(['part-not-found presets.loki.parts.ingester'])
})
