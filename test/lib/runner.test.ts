import { digestOf } from '../../functions/lib/charts/canonical-json.ts'
import { ExactInteger } from '../../functions/lib/exact-integer.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { KrmFunction, Step } from '../../functions/lib/framework/function.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { asErrors, differences, Snapshot, summarise } from '../../functions/lib/runner/changes.ts'
import { IMAGE_REPOSITORY, PUBLISHED_IMAGE } from '../../functions/lib/runner/published-image.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { asKptFunc, type SdkObject, type SdkResult } from '../../functions/lib/runner/sdk.ts'
import { runSteps } from '../../functions/lib/runner/steps.ts'
import { version } from '../../package.json'

type Transform = KrmFunction['transform']

const step = (transform: Transform, spec: object = {}, more: Partial<KrmFunction> = {}): Step => ({
  function: {
    name: 'test-function',
    kind: 'Test',
    section: 'test',
    description: '',
    schema: undefined as never,
    reads: (_, { kind }) => kind === 'Pod' || kind === 'Deployment',
    transform,
    ...more,
  },
  spec: { mode: 'mutate', ...spec },
})
const list = (items: string): string =>
  `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}functionConfig:\n  kind: Test\n`
const object = (kind: string, name: string, body: object = {}): KubernetesObject => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  metadata: { name },
  ...body,
})
const item = (...given: Parameters<typeof object>): string => `- ${JSON.stringify(object(...given))}\n`
const finding = (severity: Finding['severity']): Finding => ({ id: `test/${severity}`, severity, message: severity })
const removing =
  (name: string): Transform =>
  (objects) => {
    objects.splice(0, objects.length, ...objects.filter(({ metadata }) => metadata.name !== name))
    return []
  }

describe('an answer says', () => {
  const items = item('Deployment', 'a') + item('Deployment', 'b') + item('Pod', 'c') + item('Pod', 'd')
  const transform: Transform = (objects) => {
    for (const { metadata } of objects) if (metadata.name !== 'd') metadata.labels = { touched: 'yes' }
    objects.push(object('Service', 'new'))
    return [finding('warning')]
  }

  test('which objects were changed and generated, and what was reported by whom', async () => {
    const answer = await run(list(items), () => [step(transform)])
    expect(answer.exitCode).toBe(0)
    expect(answer.changed.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c'])
    expect(answer.generated.map(({ metadata }) => metadata.name)).toEqual(['new'])
    expect(answer.reported.map(({ source, finding: { id } }) => `${source} ${id}`)).toEqual([
      'test-function test/warning',
      'test-function objects/changed',
      'test-function objects/generated',
    ])
    expect(answer.stderr).toMatch(/^warning: test\/warning: .*\n.* 2 Deployment, 1 Pod.*\n.* 1 Service.*\n$/)
  })

  test('nothing of the kind where it was refused', async () => {
    const error = await run(list(items), () => [
      step((objects, ...rest) => [...(transform(objects, ...rest) as Finding[]), finding('error')]),
    ])
    expect(error).toMatchObject({ exitCode: 1, changed: [], generated: [], stdout: '' })
    // What a refused function did is no news.
    expect(error.reported.map(({ finding: { id } }) => id)).toEqual(['test/warning', 'test/error'])
    const unreadable = await run(list('- {a: [}\n'), () => [step(transform)])
    expect(unreadable).toMatchObject({ exitCode: 2, changed: [], generated: [], stdout: '' })
    expect(unreadable.reported).toMatchObject([{ source: '', finding: { id: 'input/not-yaml' } }])
    expect(unreadable.stderr).toMatch(/^error: input\/not-yaml: item 1 cannot be read as YAML: /)
  })

  test('what broke, where the program is at fault', async () => {
    const answer = await run(list(items), () => {
      throw new TypeError('oops')
    })
    expect(answer).toMatchObject({ exitCode: 3, stdout: '', reported: [{ source: '', finding: { id: 'runner/bug' } }] })
    expect(answer.stderr).toMatch(/^error: runner\/bug: .*TypeError: oops.*runner\.test/)
    const text = await run(list(items), () => {
      throw 'oops' as unknown
    })
    expect(text.stderr).toMatch(/^error: runner\/bug: .*oops/)
  })

  test('nothing is left, where the last object was removed', async () => {
    const answer = await run(list(item('Pod', 'a')), () => [step(removing('a'))])
    expect(answer).toMatchObject({ exitCode: 2, reported: [{ finding: { id: 'objects/nothing-left' } }] })
  })

  test('bytes that are not UTF-8 are refused', async () => {
    const answer = await run(
      () => Uint8Array.of(0xff),
      () => [],
    )
    expect(answer).toMatchObject({ exitCode: 2, reported: [{ finding: { id: 'input/not-utf-8' } }] })
    const bytes = new TextEncoder().encode(`\uFEFF${list(items)}`)
    expect(
      await run(
        () => bytes,
        () => [step(() => [])],
      ),
    ).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^apiVersion/) })
  })
})

describe('what no function reads goes through unread:', () => {
  const broken = (kind: string): string => `- apiVersion: v1\n  kind: ${kind}\n  metadata: {name: [}\n`
  const readBy = (text: string) => run(list(text), () => [step(() => [])])

  test.each([
    ['a kind of no concern', broken('Secret')],
    ['a ConfigMap, if no HelmRelease takes values', broken('ConfigMap')],
    [
      'a ConfigMap next to a text about valuesFrom',
      `${broken('ConfigMap')}- apiVersion: v1\n  kind: Secret\n  valuesFrom: a\n`,
    ],
  ])('%s', async (_, text) =>
    expect(await readBy(text)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(text) }),
  )

  test.each([
    ['a kind that a function reads', broken('Pod'), 'item 1 \\(Pod\\)'],
    ['a list of such a kind', broken('PodList'), 'item 1 \\(PodList\\)'],
    ['what does not say its kind', '- apiVersion: v1\n  metadata: {name: [}\n', 'item 1 '],
    [
      'a ConfigMap, if a HelmRelease takes values',
      `- apiVersion: helm.toolkit.fluxcd.io/v2\n  kind: HelmRelease\n  metadata: {name: a}\n  spec: {valuesFrom: []}\n${broken('ConfigMap')}`,
      'item 2 \\(ConfigMap\\)',
    ],
  ])('but not %s', async (_, text, where) => {
    expect(await readBy(text)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(`^error: input/not-yaml: ${where}`),
    })
  })

  test('a list that no function reads has members that one may', async () => {
    const seen: string[] = []
    const text = '- apiVersion: v1\n  kind: PodList\n  items:\n  - metadata: {name: a}\n'
    await run(list(text), () => [
      step((objects) => {
        seen.push(...objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`))
        return []
      }),
    ])
    expect(seen).toEqual(['Pod a'])
  })
})

describe('functions run one after another', () => {
  const order: string[] = []
  const noting =
    (name: string): Transform =>
    (objects) => {
      order.push(`${name}: ${objects.map(({ kind }) => kind).join(' ')}`)
      return []
    }

  test('on the same objects, in mode validate without a change', async () => {
    const objects = [object('Pod', 'a')]
    const edit: Transform = (all) => {
      for (const each of all) each.spec = { edited: true }
      all.push(object('Service', 'new'))
      return []
    }
    const { reported } = await runSteps(objects, [
      step(edit, { mode: 'validate' }),
      step(removing('a'), { mode: 'validate' }),
    ])
    expect(objects).toEqual([object('Pod', 'a')])
    expect(reported.map(({ finding: { id, object: about } }) => `${id} ${about?.metadata.name}`)).toEqual([
      'objects/would-change a',
      'objects/would-generate new',
      'objects/would-remove a',
    ])
  })

  test('those that see HelmReleases last, and alone they see only what can be read', async () => {
    order.length = 0
    const sees = { seesReleases: true } as const
    await runSteps([object('Pod', 'a')], [step(noting('last'), {}, sees), step(noting('first'))])
    expect(order).toEqual(['first: Pod', 'last: Pod'])
    const mistyped = [object('Deployment', 'a', { spec: { replicas: 'two' } })]
    await expect(runSteps(mistyped, [step(noting('never'), {}, sees)])).rejects.toThrow('spec.replicas')
    await expect(runSteps([object('Pod', 'a'), object('Pod', 'a')], [step(noting('never'), {}, sees)])).rejects.toThrow(
      'twice',
    )
    expect(order).toHaveLength(2)
  })

  const RELEASE = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { chartRef: { kind: 'OCIRepository', name: 'app' } },
  }
  const SOURCE = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { url: 'oci://charts.example.com/app', ref: { tag: '1.2.3' } },
  }
  const CHART = [object('Service', 'app')]
  const LOCK = {
    apiVersion: 'krm-hardening.dev/v1alpha1',
    kind: 'ChartLock',
    metadata: { name: 'app', namespace: 'shop' },
    spec: {
      chart: { url: SOURCE.spec.url, version: '1.2.3', digest: 'unknown' },
      release: { name: 'app', namespace: 'shop' },
      values: digestOf({}),
      helm: 'v3.18.6',
      kubernetes: '1.32.0',
      digest: digestOf(CHART),
      objects: CHART,
    },
  }
  const build = () =>
    structuredClone([object('Pod', 'a'), RELEASE, SOURCE, LOCK, object('Pod', 'b')]) as KubernetesObject[]

  test('on what charts install, in the place of the HelmRelease and its lock', async () => {
    order.length = 0
    const objects = build()
    const edit: Transform = (all) => {
      for (const each of all) if (each.kind === 'Service') each.spec = { type: 'ClusterIP' }
      all.push(object('Secret', 'new'))
      return removing('a')(all, { mode: 'mutate' }, '', undefined as never)
    }
    await runSteps(objects, [step(noting('one')), step(edit)])
    expect(order).toEqual(['one: Pod OCIRepository Pod Service'])
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'HelmRelease app',
      'OCIRepository app',
      'ChartLock app',
      'Pod b',
      'Secret new',
    ])
    expect(objects[0]?.spec).toMatchObject({
      postRenderers: [{ kustomize: { patches: [{ target: { kind: 'Service' } }] } }],
    })
  })

  test('and the policy of any of them says which release has no lock', async () => {
    const flux = { unlocked: { app: { reason: 'moves soon' } } }
    const { reported } = await runSteps(build(), [step(() => []), step(() => [], { flux })])
    expect(reported.map(({ source, finding: { id } }) => `${source} ${id}`)).toEqual(['charts charts/unlocked'])
  })

  test('an open placeholder is refused in what installs charts', async () => {
    const objects = [{ ...RELEASE, spec: { ...RELEASE.spec, releaseName: '${NAME:=' } }, SOURCE] as KubernetesObject[]
    await expect(runSteps(objects, [step(() => [])])).rejects.toThrow('spec.releaseName')
  })
})

describe('what changed', () => {
  const BIG = new ExactInteger('9007199254740993')

  test('is told object by object, and can be put back, integers of any size included', () => {
    const [kept, edited, gone, fresh] = ['kept', 'edited', 'gone', 'fresh'].map((name) =>
      object('Pod', name, { n: BIG }),
    )
    const objects = [kept, edited, gone] as KubernetesObject[]
    const before = new Snapshot(objects)
    Object.assign(edited as object, { n: 1, added: true })
    objects.splice(2, 1, fresh as KubernetesObject)
    const after = new Snapshot(objects, before)
    const changes = before.changes(objects, after)
    expect(changes).toMatchObject({ changed: [{ object: edited }], added: [fresh], removed: [gone] })
    expect(changes.changed[0]?.before()).toEqual(object('Pod', 'edited', { n: BIG }))
    expect([kept, edited].map((each) => before.differs(each as KubernetesObject, after))).toEqual([false, true])
    expect(after.jsonOf(kept)).toBe(before.jsonOf(kept))
    before.restore(objects)
    expect(objects).toEqual(['kept', 'edited', 'gone'].map((name) => object('Pod', name, { n: BIG })))
    expect(objects[1]).toBe(edited)
  })

  test('is counted by kind for mutate, each thing that was done on a line of its own', () => {
    const pods = ['a', 'b'].map((name) => object('Pod', name))
    const changed = [...pods, object('Job', 'c')].map((each) => ({ object: each, before: () => each }))
    const lines = summarise({ changed, added: pods, removed: [] })
    expect(lines.map(({ id, message }) => [id, message.match(/\d+ \w+/g)])).toEqual([
      ['objects/changed', ['2 Pod', '1 Job']],
      ['objects/generated', ['2 Pod']],
    ])
    expect(summarise({ changed: [], added: [], removed: pods })).toEqual([])
  })

  test('is an error for each field for validate', () => {
    const now = object('Pod', 'a', { spec: { replicas: 2, list: [{ x: 1 }] } })
    const was = object('Pod', 'a', { spec: { replicas: 1, list: [{ x: 1 }] } })
    const errors = asErrors({
      changed: [{ object: now, before: () => was }],
      added: [object('Pod', 'new')],
      removed: [object('Pod', 'gone')],
    })
    expect(errors).toMatchObject([
      {
        id: 'objects/would-change',
        object: now,
        field: { path: 'spec.replicas', currentValue: 1, proposedValue: 2 },
        message: expect.stringMatching(/found 1, expected 2/),
      },
      { id: 'objects/would-generate', object: { metadata: { name: 'new' } } },
      { id: 'objects/would-remove', object: { metadata: { name: 'gone' } } },
    ])
  })

  test.each<[string, unknown, unknown, [(string | number)[], unknown, unknown][]]>([
    ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ['a field', { a: 1, b: 2 }, { a: 1, b: 3 }, [[['b'], 2, 3]]],
    [
      'a field that is new, and one that is gone',
      { a: 1 },
      { b: 2 },
      [
        [['a'], 1, undefined],
        [['b'], undefined, 2],
      ],
    ],
    ['an item of a list of as many', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, [[['a', 1, 'b'], 2, 3]]],
    ['a list of another length', { a: [1] }, { a: [1, 2] }, [[['a'], [1], [1, 2]]]],
    ['a map that becomes a list', { a: {} }, { a: [] }, [[['a'], {}, []]]],
    ['the whole', 1, 2, [[[], 1, 2]]],
  ])('is found where it is: %s', (_, before, after, expected) => {
    expect(differences(before, after).map((each) => [each.path, each.before, each.after])).toEqual(expected)
  })
})

describe('under the contract of the SDK of kpt', () => {
  const runOn = async (objects: SdkObject[], transform: Transform, mode = 'mutate') => {
    const results: SdkResult[] = []
    const present = new Set<SdkObject>(objects)
    const kptFunction = asKptFunc('How to use it', () => [step(transform, { mode })])
    await kptFunction({
      getAll: () => [...present],
      getFunctionConfig: () => undefined,
      insert: (...added) => {
        for (const each of added) present.add(each)
      },
      delete: (...gone) => {
        for (const each of gone) present.delete(each)
      },
      addResults: (...added) => {
        results.push(...added)
      },
    })
    return { results, objects: [...present], usage: kptFunction.usage }
  }

  test('a function edits, adds and removes objects', async () => {
    const { objects, usage } = await runOn([object('Pod', 'a'), object('Pod', 'b')], (all) => {
      for (const each of all) each.spec = { edited: true }
      all.push(object('Service', 'new'))
      return removing('a')(all, { mode: 'mutate' }, '', undefined as never)
    })
    expect(objects).toEqual([object('Pod', 'b', { spec: { edited: true } }), object('Service', 'new')])
    expect(usage).toBe('How to use it')
  })

  test('a finding is a result in its words', async () => {
    const about = object('Pod', 'a')
    const field = { path: 'spec.a', currentValue: 1, proposedValue: 2 }
    const { results } = await runOn([about], () => [
      { ...finding('warning'), object: about, field },
      { ...finding('info'), object: { ...about, metadata: { name: 'a', namespace: 'shop' } } },
      finding('error'),
    ])
    expect(results).toStrictEqual([
      {
        message: 'warning',
        severity: 'warn',
        tags: { function: 'test-function', id: 'test/warning' },
        resourceRef: { apiVersion: 'v1', kind: 'Pod', name: 'a', namespace: '' },
        field: { path: 'spec.a', currentValue: 1, suggestedValue: 2 },
      },
      {
        message: 'info',
        severity: 'info',
        tags: { function: 'test-function', id: 'test/info' },
        resourceRef: { apiVersion: 'v1', kind: 'Pod', name: 'a', namespace: 'shop' },
      },
      { message: 'error', severity: 'error', tags: { function: 'test-function', id: 'test/error' } },
    ])
  })
})

test('the published image is that of this version', () => {
  expect(PUBLISHED_IMAGE).toBe(`${IMAGE_REPOSITORY}:v${version}`)
})
