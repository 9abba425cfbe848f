import type { Explained } from '../../../cli/status/chain.ts'
import { conditionOf } from '../../../cli/status/health/condition.ts'
import { idOf, type Problem, refOf } from '../../../cli/status/problem.ts'
import { type Status, statusOf } from '../../../cli/status/status.ts'
import type { Unread } from '../../../cli/status/world.ts'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import fc from '../../support/fast-check.ts'
import {
  ago,
  by,
  condition,
  crashing,
  failed,
  from,
  NOW,
  object,
  of,
  progressing,
  ready,
  running,
  unavailable,
  warning,
} from './lib/objects.ts'

const status = (...objects: KubernetesObject[]): Status => statusOf({ objects, unread: [] }, NOW)

/** `Kind namespace/name state`, each with what follows from it. */
const shape = (causes: readonly Explained<Problem>[]): unknown[] =>
  causes.map(({ links, effects }) => {
    const names = links.map(({ id, state }) => `${id} ${state}`).join(', ')
    return effects.length > 0 ? { [names]: shape(effects) } : names
  })
const chains = (...objects: KubernetesObject[]): unknown[] => shape(status(...objects).causes)

const GIT = 'GitRepository flux-system/lab'
const APPS = 'Kustomization flux-system/apps'
const FILMS = 'HelmRelease media/films'
const inLab = from('GitRepository', 'lab')

describe('of Flux', () => {
  test('an object that is ready is healthy', () => {
    expect(chains(ready(GIT), ready(APPS, inLab))).toEqual([])
  })

  test.each([
    ['failed', failed(GIT)],
    ['not ready', progressing(GIT)],
    ['not ready', object(GIT, { status: {} })],
    ['suspended', ready(GIT, { suspend: true })],
    [
      'stalled',
      object(GIT, { status: { conditions: [condition('Ready', 'False', 'A'), condition('Stalled', 'True', 'B')] } }),
    ],
    [
      'not ready',
      object(GIT, {
        metadata: { generation: 3 },
        status: { observedGeneration: 2, conditions: [condition('Ready', 'True', 'Succeeded')] },
      }),
    ],
  ])('something is %s', (state, given) => {
    expect(chains(given)).toEqual([`${GIT} ${state}`])
  })

  test('a HelmRepository of type oci has no status, and is healthy', () => {
    expect(chains(object('HelmRepository flux-system/charts', { spec: { type: 'oci' } }))).toEqual([])
  })

  test('a source that fails explains what is made from it', () => {
    expect(chains(failed(APPS, inLab), failed(GIT))).toEqual([{ [`${GIT} failed`]: [`${APPS} failed`] }])
  })

  test('a missing source is reported once, with everything that names it', () => {
    const web = 'Kustomization flux-system/web'
    const found = status(failed(APPS, inLab), failed(web, inLab))
    expect(shape(found.causes)).toEqual([{ [`${GIT} missing`]: [`${APPS} failed`, `${web} failed`] }])
    expect(found.causes[0]?.links[0].neededBy?.map(({ name }) => name)).toEqual(['apps', 'web'])
  })

  test('a source explains the artifact that a generator cuts from it, and what is made from that', () => {
    const generator = failed('ArtifactGenerator flux-system/lab', {
      sources: [{ alias: 'repo', kind: 'GitRepository', name: 'lab' }],
    })
    const artifact = failed('ExternalArtifact flux-system/apps', from('ArtifactGenerator', 'lab'))
    expect(chains(failed(APPS, from('ExternalArtifact', 'apps')), artifact, generator, failed(GIT))).toEqual([
      {
        [`${GIT} failed`]: [
          {
            'ArtifactGenerator flux-system/lab failed': [
              { 'ExternalArtifact flux-system/apps failed': [`${APPS} failed`] },
            ],
          },
        ],
      },
    ])
  })

  test('a ResourceSet waits for its inputs, for what it depends on, and for what it applied', () => {
    const tenants = 'ResourceSet flux-system/tenants'
    const inputs = 'ResourceSetInputProvider flux-system/pulls'
    expect(
      chains(failed(tenants, { inputsFrom: [{ kind: 'ResourceSetInputProvider', name: 'pulls' }] }), failed(inputs)),
    ).toEqual([{ [`${inputs} failed`]: [`${tenants} failed`] }])
    expect(
      chains(failed(tenants, { dependsOn: [{ apiVersion: 'v1', kind: 'Kustomization', name: 'apps' }] }), failed(APPS)),
    ).toEqual([{ [`${APPS} failed`]: [`${tenants} failed`] }])
    expect(chains(failed(tenants, { wait: true }, 'HealthCheckFailed'), by(tenants, failed(APPS)))).toEqual([
      { [`${APPS} failed`]: [`${tenants} failed`] },
    ])
  })

  test('a FluxInstance that is not ready is named, with what it applied', () => {
    const instance = 'FluxInstance flux-system/flux'
    expect(chains(failed(instance, { wait: true }, 'HealthCheckFailed'), by(instance, failed(APPS)))).toEqual([
      { [`${APPS} failed`]: [`${instance} failed`] },
    ])
  })

  test('the source of a chart explains the chart and its release', () => {
    const chart = 'HelmChart media/media-films'
    const release = failed(FILMS, { chart: { spec: from('HelmRepository', 'charts') } })
    release.status = { ...(release.status as object), helmChart: 'media/media-films' }
    expect(
      chains(release, failed(chart, from('HelmRepository', 'charts')), failed('HelmRepository media/charts')),
    ).toEqual([{ 'HelmRepository media/charts failed': [{ [`${chart} failed`]: [`${FILMS} failed`] }] }])
  })

  test('a release that has no chart yet fails because of its source', () => {
    const release = failed(FILMS, { chart: { spec: from('HelmRepository', 'charts', 'flux-system') } })
    expect(chains(release)).toEqual([{ 'HelmRepository flux-system/charts missing': [`${FILMS} failed`] }])
    const other = failed(FILMS, { chartRef: { kind: 'OCIRepository', name: 'films' } })
    expect(chains(other)).toEqual([{ 'OCIRepository media/films missing': [`${FILMS} failed`] }])
  })

  test('an ImagePolicy fails because of its repository', () => {
    expect(chains(failed('ImagePolicy media/films', { imageRepositoryRef: { name: 'films' } }))).toEqual([
      { 'ImageRepository media/films missing': ['ImagePolicy media/films failed'] },
    ])
  })

  test('a dependency explains what depends on it', () => {
    expect(chains(failed(APPS, { dependsOn: [{ name: 'base' }] }), failed('Kustomization flux-system/base'))).toEqual([
      { 'Kustomization flux-system/base failed': [`${APPS} failed`] },
    ])
  })

  test('a circle of dependencies is one cause', () => {
    const [a, b] = ['Kustomization flux-system/a', 'Kustomization flux-system/b']
    const found = status(failed(a, { dependsOn: [{ name: 'b' }] }), failed(b, { dependsOn: [{ name: 'a' }] }))
    expect(found.causes).toMatchObject([{ circle: [a, b, a], effects: [] }])
  })

  test('a parent that waits for a child that depends on it is a circle', () => {
    const parent = progressing(APPS, { wait: true })
    const child = by(
      APPS,
      failed('Kustomization media/films', { dependsOn: [{ name: 'apps', namespace: 'flux-system' }] }),
    )
    expect(status(parent, child).causes).toMatchObject([{ circle: [APPS, 'Kustomization media/films', APPS] }])
  })

  test('a suspended parent explains a child that fails, and not one that is well', () => {
    const parent = ready(APPS, { suspend: true })
    expect(
      chains(parent, by(APPS, ready('Kustomization media/music')), by(APPS, failed('Kustomization media/films'))),
    ).toEqual([{ [`${APPS} suspended`]: ['Kustomization media/films failed'] }])
  })

  test('a dependency that is suspended but ready holds nothing up', () => {
    const found = chains(
      failed(APPS, { dependsOn: [{ name: 'base' }] }),
      ready('Kustomization flux-system/base', { suspend: true }),
    )
    expect(found).toEqual([`${APPS} failed`, 'Kustomization flux-system/base suspended'])
  })

  test('a suspended object does not miss its source', () => {
    expect(chains(ready(APPS, { ...inLab, suspend: true }))).toEqual([`${APPS} suspended`])
  })

  test('a Kustomization waits for what it applied only if it is told to', () => {
    const release = by(APPS, failed(FILMS))
    expect(chains(failed(APPS, { wait: true }, 'HealthCheckFailed'), release)).toEqual([
      { [`${FILMS} failed`]: [`${APPS} failed`] },
    ])
    const healthChecks = [{ kind: 'HelmRelease', name: 'films', namespace: 'media' }]
    expect(chains(failed(APPS, { healthChecks }, 'HealthCheckFailed'), release)).toEqual([
      { [`${FILMS} failed`]: [`${APPS} failed`] },
    ])
    expect(chains(failed(APPS, {}, 'HealthCheckFailed'), release)).toEqual([`${APPS} failed`, `${FILMS} failed`])
    expect(chains(failed(APPS, { wait: true }, 'BuildFailed'), release)).toEqual([`${APPS} failed`, `${FILMS} failed`])
  })

  test('the Kustomization of a bootstrap, which applies itself, is no circle', () => {
    expect(chains(by(APPS, failed(APPS, { wait: true }, 'HealthCheckFailed')))).toEqual([`${APPS} failed`])
  })
})

describe('of pods', () => {
  const [POD, SET, DEPLOYMENT] = ['Pod media/films-1-a', 'ReplicaSet media/films-1', 'Deployment media/films']
  const workload = [by(FILMS, unavailable(DEPLOYMENT)), of('Deployment films', object(SET))]

  test('a crash loop explains the workload, its release and what waits for that', () => {
    const found = status(
      ...workload,
      of('ReplicaSet films-1', crashing(POD)),
      by(APPS, failed(FILMS, {}, 'InstallFailed')),
      failed(APPS, { wait: true }, 'HealthCheckFailed'),
      warning(POD, 'BackOff', 'Back-off restarting failed container'),
    )
    expect(shape(found.causes)).toEqual([
      { [`${POD} failed`]: [{ [`${DEPLOYMENT} not ready`]: [{ [`${FILMS} failed`]: [`${APPS} failed`] }] }] },
    ])
    expect(found.causes[0]?.links[0]).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: 'container app ended with exit code 1 (Error)',
      restarts: 7,
      manager: { kind: 'HelmRelease', namespace: 'media', name: 'films' },
      events: [{ reason: 'BackOff', count: 2 }],
    })
  })

  test('the last words of a container are not printed', () => {
    expect(JSON.stringify(status(crashing(POD)))).not.toContain('1234')
  })

  test('pods of one workload in one state are one cause', () => {
    const pods = ['b', 'a', 'c'].map((name) => of('ReplicaSet films-1', crashing(`Pod media/films-1-${name}`, 3)))
    const found = status(...workload, ...pods)
    expect(shape(found.causes)).toEqual([{ [`${POD} failed`]: [`${DEPLOYMENT} not ready`] }])
    expect(found.causes[0]?.links[0].more?.map(({ name }) => name)).toEqual(['films-1-b', 'films-1-c'])
  })

  test('a refusal by admission is read from the events of the ReplicaSet', () => {
    const found = status(...workload, warning(SET, 'FailedCreate', 'violates PodSecurity'))
    expect(found.causes[0]?.links[0]).toMatchObject({ id: DEPLOYMENT, events: [{ message: 'violates PodSecurity' }] })
  })

  test('only the three newest warnings are shown, each once', () => {
    const events = [1, 2, 3, 4, 5].map((minutes) => warning(POD, `Reason${minutes % 4}`, 'why', minutes))
    const lines = status(crashing(POD), ...events).causes[0]?.links[0].events
    expect(lines?.map(({ reason, count }) => `${reason} ${count}`)).toEqual(['Reason1 4', 'Reason2 2', 'Reason3 2'])
  })

  test.each([
    [
      'an image that cannot be pulled',
      { containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ImagePullBackOff' } } }] },
      'failed',
    ],
    [
      'a container of the start that fails',
      { initContainerStatuses: [{ name: 'init', state: { terminated: { exitCode: 2 } } }] },
      'failed',
    ],
    ['no node', { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'Unschedulable')] }, 'not ready'],
    ['a probe that fails', { conditions: [condition('Ready', 'False', 'ContainersNotReady')] }, 'not ready'],
    ['an eviction, without anything above it', { phase: 'Failed', reason: 'Evicted' }, 'failed'],
  ])('a pod is unhealthy by %s', (_what, given, state) => {
    expect(chains(running(POD, given))).toEqual([`${POD} ${state}`])
  })

  test('a pod that has done its work, or is being deleted, is healthy', () => {
    expect(chains(running(POD, { phase: 'Succeeded', conditions: [] }))).toEqual([])
    const going = (minutes: number) => {
      const pod = running(POD, { conditions: [] })
      return { ...pod, metadata: { ...pod.metadata, deletionTimestamp: ago(minutes) } } as KubernetesObject
    }
    expect(chains(going(0))).toEqual([])
    expect(chains(going(10))).toEqual([`${POD} not ready`])
  })

  test('a failed pod of a workload that is well is left over', () => {
    const job = object('Job media/copy', { status: { conditions: [condition('Complete', 'True', 'Done')] } })
    const pod = of('Job copy', running('Pod media/copy-a', { phase: 'Failed', conditions: [] }))
    expect(chains(job, pod)).toEqual([])
    const gone = object('Job media/copy', {
      status: { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')] },
    })
    expect(chains(gone, pod)).toEqual([{ 'Pod media/copy-a failed': ['Job media/copy failed'] }])
  })

  test('the newest of the Jobs of a CronJob counts', () => {
    const job = (name: string, minutes: number, type: string) => {
      const given = of(
        'CronJob copy',
        object(`Job media/${name}`, { status: { conditions: [condition(type, 'True', type)] } }),
      )
      return { ...given, metadata: { ...given.metadata, creationTimestamp: ago(minutes) } } as KubernetesObject
    }
    expect(chains(job('old', 60, 'Failed'), job('new', 30, 'Complete'))).toEqual([])
    expect(chains(job('old', 60, 'Complete'), job('new', 30, 'Failed'))).toEqual(['Job media/new failed'])
  })

  test('StatefulSets and DaemonSets say how many pods they lack', () => {
    const found = status(
      object('StatefulSet media/db', { spec: { replicas: 3 }, status: { readyReplicas: 1 } }),
      object('DaemonSet media/agent', { status: { desiredNumberScheduled: 2, numberReady: 0 } }),
      object('StatefulSet media/well', { spec: { replicas: 0 }, status: {} }),
    )
    expect(found.causes.map(({ links: [{ message }] }) => message)).toEqual([
      '1 of 3 pods are ready',
      '0 of 2 pods are ready',
    ])
  })

  test('a restart within the last hour is mentioned, and healthy', () => {
    const restarted = (minutes: number) =>
      running(POD, {
        containerStatuses: [
          {
            name: 'app',
            restartCount: 2,
            state: {},
            lastState: { terminated: { reason: 'OOMKilled', finishedAt: ago(minutes) } },
          },
        ],
      })
    expect(status(restarted(10))).toMatchObject({
      causes: [],
      restarted: [{ container: 'app', restarts: 2, reason: 'OOMKilled' }],
    })
    expect(status(restarted(90)).restarted).toEqual([])
  })
})

describe('of volumes and nodes', () => {
  const CLAIM = 'PersistentVolumeClaim media/data'
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  const pending = running('Pod media/db-0', { phase: 'Pending', conditions: [] }, { volumes })

  test('a claim that is not bound explains the pod that uses it', () => {
    const claim = object(CLAIM, { spec: { storageClassName: 'fast' }, status: { phase: 'Pending' } })
    expect(chains(claim, pending)).toEqual([{ [`${CLAIM} not ready`]: ['Pod media/db-0 not ready'] }])
    expect(chains(object(CLAIM, { status: { phase: 'Bound' } }))).toEqual([])
    expect(chains(object(CLAIM, { status: { phase: 'Lost' } }))).toEqual([`${CLAIM} failed`])
  })

  test('a claim that is bound with its pod waits for the pod', () => {
    const claim = object(CLAIM, { spec: { storageClassName: 'late' }, status: { phase: 'Pending' } })
    const late = object('StorageClass late', { volumeBindingMode: 'WaitForFirstConsumer' })
    expect(chains(claim, late, pending)).toEqual([{ 'Pod media/db-0 not ready': [`${CLAIM} not ready`] }])
    const annotations = { 'volume.kubernetes.io/selected-node': 'one' }
    expect(chains({ ...claim, metadata: { ...claim.metadata, annotations } }, late, pending)).toEqual([
      { [`${CLAIM} not ready`]: ['Pod media/db-0 not ready'] },
    ])
  })

  test('a node that is gone explains the pods on it', () => {
    const node = object('Node one', { status: { conditions: [condition('Ready', 'Unknown', 'NodeStatusUnknown')] } })
    expect(chains(node, crashing('Pod media/a', 1, { nodeName: 'one' }))).toEqual([
      { 'Node one failed': ['Pod media/a failed'] },
    ])
  })

  test.each([
    [
      'failed',
      { status: { conditions: [condition('Ready', 'True', 'Ready'), condition('DiskPressure', 'True', 'Full')] } },
    ],
    ['suspended', { spec: { unschedulable: true }, status: { conditions: [condition('Ready', 'True', 'Ready')] } }],
  ])('a node is %s', (state, given) => {
    expect(chains(object('Node one', given))).toEqual([`Node one ${state}`])
  })
})

describe('what is not judged', () => {
  const CLUSTER = { kind: 'CephCluster', name: 'rook', namespace: 'storage' }
  const spec = {
    healthChecks: [CLUSTER, { kind: 'Deployment', name: 'operator', namespace: 'storage' }],
    healthCheckExprs: [{ kind: 'CephCluster', current: 'status.ceph.health == "HEALTH_OK"' }],
    dependsOn: [{ name: 'crds', readyExpr: 'self.metadata.generation == dep.metadata.generation' }],
  }
  const notJudged = (given: KubernetesObject) =>
    statusOf({ objects: [given, ready('Kustomization flux-system/crds')], unread: [] }, NOW).causes[0]?.links[0]
      .notJudged

  test('is named for a Kustomization that is not ready: expressions, and objects of kinds that are not read', () => {
    expect(notJudged(failed(APPS, spec))).toEqual([
      'CephCluster by healthCheckExprs',
      'CephCluster storage/rook',
      'Kustomization crds by readyExpr',
    ])
  })

  test('is what the expressions say alone where Flux waits for all, and nothing while it is suspended', () => {
    const { dependsOn: _, ...rest } = spec
    expect(notJudged(failed(APPS, { ...rest, wait: true }))).toEqual(['CephCluster by healthCheckExprs'])
    expect(notJudged(failed(APPS, { ...spec, suspend: true }))).toBeUndefined()
  })
})

describe('an object that may not be read', () => {
  const unread: Unread = {
    kind: 'GitRepository',
    resource: 'gitrepositories.source.toolkit.fluxcd.io',
    why: 'forbidden',
  }

  test('is not reported as missing, but named', () => {
    const found = statusOf({ objects: [failed(APPS, inLab)], unread: [unread] }, NOW)
    expect(shape(found.causes)).toEqual([`${APPS} failed`])
    expect(found.causes[0]?.links[0].unseen).toEqual([{ kind: 'GitRepository', namespace: 'flux-system', name: 'lab' }])
    expect(found.unread).toEqual([unread])
  })

  test('is not assumed in another namespace than the one that is refused', () => {
    const elsewhere = { ...unread, namespace: 'media' }
    const found = statusOf({ objects: [failed(APPS, inLab)], unread: [elsewhere] }, NOW)
    expect(shape(found.causes)).toEqual([{ [`${GIT} missing`]: [`${APPS} failed`] }])
  })

  test('is also one in a namespace that was not asked for', () => {
    const found = statusOf(
      { objects: [failed(APPS, from('GitRepository', 'lab', 'other'))], unread: [], namespaces: ['flux-system'] },
      NOW,
    )
    expect(found.causes[0]?.links[0].unseen).toHaveLength(1)
  })
})

describe('whatever objects name each other,', () => {
  const COUNT = 6
  const name = fc.integer({ min: 0, max: COUNT }).map((number) => `n${number}`)
  const kustomizations = fc
    .array(
      fc.record({
        state: fc.constantFrom(ready, failed, progressing),
        suspend: fc.boolean(),
        wait: fc.boolean(),
        dependsOn: fc.array(
          name.map((one) => ({ name: one })),
          { maxLength: 3 },
        ),
        source: name,
        parent: name,
        reason: fc.constantFrom('HealthCheckFailed', 'BuildFailed'),
      }),
      { maxLength: COUNT },
    )
    .map((all) =>
      all.map(({ state, source, parent, reason, ...spec }, index) =>
        by(
          `Kustomization x/${parent}`,
          state(`Kustomization x/n${index}`, { ...spec, ...from('GitRepository', source) }, reason),
        ),
      ),
    )
  const pods = fc
    .array(fc.tuple(name, fc.boolean()), { maxLength: COUNT })
    .map((all) =>
      all.map(([owner, isWell], index) =>
        of(`Deployment ${owner}`, isWell ? running(`Pod x/p${index}`) : crashing(`Pod x/p${index}`)),
      ),
    )
  const deployments = fc.array(name, { maxLength: COUNT }).map((managers) =>
    // Each is also said to be owned by the next, in a circle.
    managers.map((manager, index) =>
      of(
        `Deployment n${(index + 1) % managers.length}`,
        by(`Kustomization x/${manager}`, unavailable(`Deployment x/n${index}`)),
      ),
    ),
  )

  test('each unhealthy one is explained once', () => {
    fc.assert(
      fc.property(kustomizations, deployments, pods, (flux, workloads, all) => {
        const flat = (causes: readonly Explained<Problem>[]): Problem[] =>
          causes.flatMap(({ links, effects }) => [...links, ...flat(effects)])
        const problems = flat(status(...flux, ...workloads, ...all).causes)
        const ids = problems.flatMap(({ id, more = [] }) => [id, ...more.map(idOf)])
        expect(new Set(ids).size).toBe(ids.length)
        const isBad = (given: KubernetesObject): boolean =>
          valueAt(given, ['spec', 'suspend']) === true || conditionOf(given, 'Ready')?.status !== 'True'
        const expected = [...flux, ...all].filter(isBad).map((given) => idOf(refOf(given)))
        expect(ids).toEqual(expect.arrayContaining([...expected, ...workloads.map((given) => idOf(refOf(given)))]))
      }),
    )
  })
})
