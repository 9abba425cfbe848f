import type { Answer, Cluster, Watcher } from '../../../cli/status/cluster.ts'
import { follow } from '../../../cli/status/follow.ts'
import { type Part, snapshotOf } from '../../../cli/status/read.ts'
import { RESOURCES } from '../../../cli/status/resources.ts'

const item = (name: string, resourceVersion = '1') => ({ metadata: { name, uid: name, resourceVersion } })
const items = (...names: string[]): Answer => ({
  status: 200,
  body: { metadata: { resourceVersion: '7' }, items: names.map((name) => item(name)) },
})

class EndOfTest extends Error {}

/** Follows pods through these answers to lists and watches, one after another; gives what was known and heard after each change. */
async function followed(lists: (Answer | Error)[], watches: ((watcher: Watcher, version: unknown) => void)[]) {
  const resource = RESOURCES.find(({ kind }) => kind === 'Pod')
  if (!resource) throw new Error('pods are not read')
  const part: Part = { resource, apiVersion: 'v1', objects: new Map(), version: undefined }
  const heard: unknown[] = []
  const cluster: Cluster = {
    name: 'test',
    async get() {
      const answer = lists.shift()
      if (answer instanceof Error) throw answer
      return answer ?? { status: 500, body: {} }
    },
    async watch(_path, { resourceVersion }, watcher) {
      const next = watches.shift()
      if (!next) throw new EndOfTest()
      next(watcher, resourceVersion)
    },
  }
  const known = (): string => {
    const { objects, unread } = snapshotOf([part], undefined)
    return [...objects.map(({ metadata }) => metadata.name), ...unread.map(({ why }) => why)].join()
  }
  const listener = {
    onChange: () => heard.push(known()),
    onConnection: (lost: string | undefined) => lost !== undefined && heard.push(`lost: ${lost}`),
  }
  await expect(follow(cluster, part, listener)).rejects.toThrow(EndOfTest)
  return heard
}

const refusal = (statusCode: number) => Object.assign(new Error('refused'), { statusCode })

test('additions, changes and removals are followed', async () => {
  const changes = ({ onEvent, onEnd }: Watcher): void => {
    onEvent('ADDED', item('b'))
    onEvent('MODIFIED', item('a'))
    onEvent('DELETED', item('a'))
    onEvent('BOOKMARK', { metadata: { resourceVersion: '9' } })
    onEnd()
  }
  expect(await followed([items('a')], [changes])).toEqual(['a', 'a,b', 'a,b', 'b'])
})

test('a watch that ends is taken up where it ended', async () => {
  const versions: unknown[] = []
  const end = ({ onEvent, onEnd }: Watcher, version: unknown): void => {
    versions.push(version)
    onEvent('BOOKMARK', { metadata: { resourceVersion: '9' } })
    onEnd()
  }
  expect(await followed([items('a')], [end, end])).toEqual(['a'])
  expect(versions).toEqual(['7', '9'])
})

test.each<[string, (watcher: Watcher) => void]>([
  [
    'is too old',
    ({ onEvent, onEnd }) => {
      onEvent('ERROR', { code: 410 })
      onEnd()
    },
  ],
  ['is refused as too old', ({ onEnd }) => onEnd(refusal(410))],
  ['breaks', ({ onEnd }) => onEnd(new Error('ECONNRESET'))],
])('after a watch that %s, everything is listed again', async (_how, watch) => {
  expect(await followed([items('a', 'b'), items('b')], [watch])).toEqual(['a,b', 'b'])
})

test('a server that is away is reported, and what was known stays', async () => {
  const broken = ({ onEnd }: Watcher): void => onEnd(new Error('ECONNRESET'))
  const heard = await followed([items('a'), new Error('it is away'), items('b')], [broken])
  expect(heard).toEqual(['a', 'lost: it is away', 'b'])
})

test('a server that has not loaded its roles yet is asked again', async () => {
  const forbidden: Answer = { status: 403, body: {} }
  expect(await followed([forbidden, items('a')], [])).toEqual(['this account may not list it', 'a'])
})

test('a kind that may be listed but not watched is named', async () => {
  const heard = await followed([items('a'), items('a')], [({ onEnd }) => onEnd(refusal(403))])
  expect(heard).toEqual([
    'a',
    'a,this account may list it, but not watch it',
    'a,this account may list it, but not watch it',
  ])
})
