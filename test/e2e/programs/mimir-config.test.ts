import { parse } from 'yaml'
import { workloadsOf } from '../../../functions/lib/kubernetes/workload.ts'
import { unanswered } from './lib/addresses.ts'
import { undocumented, undocumentedFlags } from './lib/documented-keys.ts'
import { mimirObjects, mimirStacks } from './lib/mimir.ts'
import { expandedArgs, fileAt, mainContainer, mountedFiles } from './lib/pod.ts'

// Mimir checks its own configuration when it starts, and it starts in no test. These tests stand in for that check: they
// know keys, types and listed values. Whether the values make sense together, only Mimir knows.

const TARGETS = [
  'alertmanager',
  'compactor',
  'distributor',
  'ingester',
  'querier',
  'query-frontend',
  'query-scheduler',
  'ruler',
  'store-gateway',
]

/** The parts that read or write blocks, and so need the credentials of the object storage. */
const WITH_BLOCKS = ['compactor', 'ingester', 'querier', 'ruler', 'store-gateway']

const CONFIG_FILE = '-config.file='

describe.each(mimirStacks)('the Mimir processes of %s', (stack) => {
  const objects = mimirObjects(stack)
  const processes = workloadsOf(objects)
    .map((workload) => ({ workload, container: mainContainer(workload) }))
    .filter(({ container }) => container.args?.some((arg) => arg.startsWith(CONFIG_FILE)))
    .map(({ workload, container }) => {
      const args = expandedArgs(container, workload)
      const path = args.find((arg) => arg.startsWith(CONFIG_FILE))?.slice(CONFIG_FILE.length) ?? ''
      const target = args.find((arg) => arg.startsWith('-target='))?.slice('-target='.length)
      return { target, container, args, text: fileAt(mountedFiles(objects, workload), path) }
    })
  const [{ text = '' } = {}] = processes
  const config = parse(text)

  test('are one for each component, with one configuration', () => {
    expect(processes.map(({ target }) => target).sort()).toEqual(TARGETS)
    expect(new Set(processes.map((process) => process.text)).size).toBe(1)
  })

  test('have only documented keys in mimir.yaml, with values of their types', () => {
    expect(undocumented(config)).toEqual([])
  })

  test('have only documented flags', () => {
    expect(processes.flatMap(({ args }) => undocumentedFlags(args))).toEqual([])
  })

  test('call only Services and ports that are there', () => {
    expect(unanswered(text, objects)).toEqual([])
  })

  test('have the variables that mimir.yaml expands, where blocks are read or written: one that is not set is empty', () => {
    const used = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name)
    expect(used.length).toBeGreaterThan(0)
    for (const { target = '', container } of processes.filter(({ target = '' }) => WITH_BLOCKS.includes(target)))
      expect([target, container.env?.map(({ name }) => name)]).toEqual([target, expect.arrayContaining(used)])
  })

  // Below query_store_after only the ingesters are asked, above query_ingesters_within only the store-gateways, which
  // do not know blocks younger than ignore_blocks_within. For every age, somebody must be asked who has the samples.
  test('leave no age of samples for which neither ingesters nor stores are asked', () => {
    const hours = (duration: string | undefined, byDefault: number): number =>
      duration === undefined ? byDefault : Number(/^(\d+)h$/.exec(duration)?.[1])
    const ignoredByStores = hours(config.blocks_storage.bucket_store.ignore_blocks_within, 10)
    const askedOfStores = hours(config.querier.query_store_after, 12)
    const askedOfIngesters = hours(config.limits.query_ingesters_within, 13)
    const keptByIngesters = hours(config.blocks_storage.tsdb.retention_period, 13)
    expect(ignoredByStores).toBeLessThan(askedOfStores)
    expect(askedOfStores).toBeLessThan(askedOfIngesters)
    expect(askedOfIngesters).toBeLessThanOrEqual(keptByIngesters)
  })
})

describe('a configuration that would be refused', () => {
  test.each([
    ['a misspelt block', { ingestor: {} }, 'ingestor: not among the documented keys (did you mean ingester?)'],
    [
      'a misspelt key',
      { limits: { compactor_block_retention_period: '3d' } },
      'limits.compactor_block_retention_period: not among the documented keys (did you mean compactor_blocks_retention_period?)',
    ],
    [
      'a key of the wrong block',
      { blocks_storage: { bucket_store: { index_cache: { addresses: 'a:1' } } } },
      'blocks_storage.bucket_store.index_cache.addresses: not among the documented keys',
    ],
    [
      'a value that is not listed',
      { blocks_storage: { backend: 'minio' } },
      'blocks_storage.backend: found "minio", expected s3|gcs|azure|swift|filesystem',
    ],
    [
      'a number without unit',
      { querier: { query_store_after: 3 } },
      'querier.query_store_after: found 3, expected <duration>',
    ],
    [
      'a string for a number',
      { server: { http_listen_port: '3100' } },
      'server.http_listen_port: found "3100", expected <int>',
    ],
    [
      'a scalar for a list',
      { memberlist: { join_members: 'a:7946' } },
      'memberlist.join_members: found "a:7946", expected <list of strings>',
    ],
    ['a scalar for a block', { limits: 1 }, 'limits: found 1, expected a block'],
  ])('%s', (_, config, message) => {
    expect(undocumented(config)).toEqual([message])
  })

  test.each([
    ['-target=ingestor', '-target=ingestor: expected all|alertmanager|'],
    ['-config.expand-env=yes', '-config.expand-env=yes: expected <boolean>'],
    [
      '-config.files=/mnt/mimir.yaml',
      '-config.files=/mnt/mimir.yaml: not among the documented flags (did you mean config.file?)',
    ],
  ])('%s', (arg, message) => {
    expect(undocumentedFlags([arg])).toEqual([expect.stringContaining(message)])
  })
})
