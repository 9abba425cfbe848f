import type { Answer, Cluster } from '../../../cli/status/cluster.ts'
import { readAll, snapshotOf } from '../../../cli/status/read.ts'
import { keep, RESOURCES } from '../../../cli/status/resources.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'

const GROUPS = ['source.toolkit.fluxcd.io/v1', 'kustomize.toolkit.fluxcd.io/v1', 'apps/v1', 'batch/v1']
const apis = (groups: readonly string[]): Answer => ({
  status: 200,
  body: { groups: groups.map((one) => ({ name: one.split('/')[0], preferredVersion: { groupVersion: one } })) },
})
const items = (...names: string[]): Answer => ({
  status: 200,
  body: { metadata: { resourceVersion: '7' }, items: names.map((name) => ({ metadata: { name, uid: name } })) },
})
const FORBIDDEN: Answer = { status: 403, body: { message: 'no' } }

/** A cluster that answers by path, without the query; any other path is an empty list. */
function cluster(answers: Readonly<Record<string, Answer | Error>>, asked: string[] = []): Cluster {
  return {
    name: 'test',
    async get(path) {
      asked.push(path)
      const answer = answers[path] ?? answers[path.replace(/\?.*/, '')] ?? (path === '/apis' ? apis(GROUPS) : items())
      if (answer instanceof Error) throw answer
      return answer
    },
    watch: async () => undefined,
  }
}

const read = async (answers: Readonly<Record<string, Answer | Error>>, namespaces?: string[], asked?: string[]) =>
  snapshotOf(await readAll(cluster(answers, asked), namespaces), namespaces)

test('objects are of the version that the cluster prefers', async () => {
  const { objects, unread } = await read({ '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations': items('a') })
  expect(objects).toMatchObject([{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' }])
  expect(unread).toEqual([])
})

test('a long list is read page by page, and again from its start if it takes too long', async () => {
  const page: Answer = {
    status: 200,
    body: { metadata: { continue: 'next' }, items: [{ metadata: { name: 'a', uid: 'a' } }] },
  }
  const [first, second] = ['/api/v1/pods?limit=500', '/api/v1/pods?limit=500&continue=next']
  expect((await read({ [first]: page, [second]: items('b') })).objects.map(({ metadata }) => metadata.name)).toEqual([
    'a',
    'b',
  ])
  let tries = 0
  const answers = {
    get [second]() {
      tries += 1
      return tries < 3 ? { status: 410, body: {} } : items('b')
    },
    [first]: page,
  }
  expect((await read(answers)).objects).toHaveLength(2)
})

test('only events that warn are read, and only namespaces that are named', async () => {
  const asked: string[] = []
  await read({}, ['media', 'web'], asked)
  expect(asked).toContain('/api/v1/namespaces/web/events?limit=500&fieldSelector=type%3DWarning')
  expect(asked).toContain('/api/v1/nodes?limit=500')
  expect(asked).not.toContain('/api/v1/pods?limit=500')
})

test('a kind that the cluster does not have is no gap', async () => {
  const path = '/apis/source.toolkit.fluxcd.io/v1/externalartifacts'
  expect((await read({ [path]: { status: 404, body: {} } })).unread).toEqual([])
})

test('a kind that may not be read is named', async () => {
  const { unread } = await read({ '/api/v1/pods': FORBIDDEN, '/api/v1/namespaces': FORBIDDEN })
  expect(unread).toEqual([{ kind: 'Pod', resource: 'pods', why: 'this account may not list it' }])
})

test('a kind that may be read in some namespaces is read there, and the others are named', async () => {
  const { objects, unread } = await read({
    '/api/v1/pods': FORBIDDEN,
    '/api/v1/namespaces': items('media', 'web'),
    '/api/v1/namespaces/media/pods': items('films'),
    '/api/v1/namespaces/web/pods': FORBIDDEN,
  })
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['films'])
  expect(unread).toMatchObject([{ resource: 'pods', namespace: 'web' }])
})

test.each<[string, Readonly<Record<string, Answer | Error>>, RegExp]>([
  ['has no Flux', { '/apis': apis(['apps/v1']) }, /^Flux is not installed in test/],
  ['does not know the account', { '/apis': { status: 401, body: { message: 'Unauthorized' } } }, /401, Unauthorized$/],
  ['does not answer', { '/apis': new Error('connection refused') }, /^connection refused$/],
  ['fails', { '/api/v1/pods': { status: 500, body: {} } }, /does not say pods: 500, no reason given$/],
])('a cluster that %s cannot be asked', async (_what, answers, message) => {
  await expect(read(answers)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) })
})

test('no value that may be secret is kept', () => {
  const secret = 'hunter2'
  for (const resource of RESOURCES) {
    const object = {
      metadata: { name: 'a', annotations: { note: secret }, labels: { note: secret }, managedFields: [secret] },
      spec: {
        values: { password: secret },
        template: { spec: { containers: [{ env: [{ value: secret }] }] } },
        containers: [secret],
      },
      status: { inventory: secret, history: secret },
      data: { password: secret },
    } as unknown as KubernetesObject
    expect(JSON.stringify(keep(resource, 'v1', object))).not.toContain(secret)
  }
})
