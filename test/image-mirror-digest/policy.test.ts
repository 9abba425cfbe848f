import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Policy } from '../../functions/image-mirror-digest/decide/decide.ts'
import { formatReference, type ImageReference } from '../../functions/lib/kubernetes/image-reference.ts'

const MIRROR = 'registry.internal/mirror'
const ONE = `sha256:${'1'.repeat(64)}`
const TWO = `sha256:${'2'.repeat(64)}`
const THREE = `sha256:${'3'.repeat(64)}`
type Spec = ConstructorParameters<typeof Policy>[0]
const spec: Spec = {
  mirrors: { '*': MIRROR },
  internal: { 'ghcr.io/team': {} },
  digests: {
    'grafana/mimir:3.0.0': ONE,
    'grafana/mimir:2.9.0': TWO,
    'quay.io/coreos/etcd': THREE,
    nginx: THREE,
    'redis:latest': ONE,
  },
  allowTag: { 'ghcr.io/team/preview:main': { reason: 'moves' }, 'example/nightly': { reason: 'moves daily' } },
  keepTag: false,
}
const policy = (overrides: Partial<Spec> = {}): Policy => new Policy({ ...spec, ...overrides })

function settled(text: string, by = policy()): string {
  const decision = by.decide(text)
  if (decision.outcome !== 'settled') throw new Error(JSON.stringify(decision))
  return formatReference(decision.image)
}

function problem(text: string, by = policy()): string {
  const decision = by.decide(text)
  if (decision.outcome !== 'refused') throw new Error(JSON.stringify(decision))
  return decision.problem
}

describe('the digest of the lock', () => {
  test.each([
    ['grafana/mimir:3.0.0', `${MIRROR}/grafana/mimir@${ONE}`],
    ['docker.io/grafana/mimir:2.9.0', `${MIRROR}/docker.io/grafana/mimir@${TWO}`],
    ['quay.io/coreos/etcd:v3.5.21', `${MIRROR}/quay.io/coreos/etcd@${THREE}`],
    ['quay.io/coreos/etcd', `${MIRROR}/quay.io/coreos/etcd@${THREE}`],
    ['nginx', `${MIRROR}/nginx@${THREE}`],
    ['docker.io/library/nginx:1.27', `${MIRROR}/docker.io/library/nginx@${THREE}`],
    ['redis', `${MIRROR}/redis@${ONE}`],
    [`grafana/mimir:3.0.0@${ONE}`, `${MIRROR}/grafana/mimir@${ONE}`],
    [`grafana/mimir@${TWO}`, `${MIRROR}/grafana/mimir@${TWO}`],
    [`quay.io/other/app:1.0@${TWO}`, `${MIRROR}/quay.io/other/app@${TWO}`],
    [`grafana/mimir:3.0.0-rc@${ONE}`, `${MIRROR}/grafana/mimir@${ONE}`],
    [`${MIRROR}/grafana/mimir:3.0.0`, `${MIRROR}/grafana/mimir@${ONE}`],
  ])('%s', (text, image) => {
    expect(settled(text)).toBe(image)
  })

  test('behind the tag where keepTag is set', () => {
    expect(settled('grafana/mimir:3.0.0', policy({ keepTag: true }))).toBe(`${MIRROR}/grafana/mimir:3.0.0@${ONE}`)
  })

  test('what need not move and has its digest stays as it is written', () => {
    expect(settled(`${MIRROR}/grafana/mimir:3.0.0@${ONE}`)).toBe(`${MIRROR}/grafana/mimir:3.0.0@${ONE}`)
    expect(settled(`ghcr.io/team/bot:1.0@${TWO}`)).toBe(`ghcr.io/team/bot:1.0@${TWO}`)
  })
})

describe('a digest that the lock contradicts is refused', () => {
  test.each([
    [`grafana/mimir:3.0.0@${TWO}`, `grafana/mimir:3.0.0: ${ONE}`],
    [`grafana/mimir@${THREE}`, `grafana/mimir:3.0.0: ${ONE}, grafana/mimir:2.9.0: ${TWO}`],
    [`grafana/mimir:2.8.0@${THREE}`, `grafana/mimir:3.0.0: ${ONE}, grafana/mimir:2.9.0: ${TWO}`],
    [`quay.io/coreos/etcd:v3.5.21@${ONE}`, `quay.io/coreos/etcd: ${THREE}`],
    [`${MIRROR}/nginx@${ONE}`, `nginx: ${THREE}`],
  ])('%s', (text, lock) => {
    expect(problem(text)).toContain(`but digests has ${lock};`)
  })
})

describe('an image without a digest is refused', () => {
  test.each([
    [
      'grafana/mimir:3.0.1',
      'found grafana/mimir:3.0.1 without a digest; expected an entry for it in digests (did you mean grafana/mimir:3.0.0?)',
    ],
    ['grafana/mimir', 'found grafana/mimir without a digest'],
    [`${MIRROR}/grafana/loki:3.4.2`, 'found grafana/loki:3.4.2 without a digest'],
    ['ghcr.io/team/bot:1.0', 'found ghcr.io/team/bot:1.0 without a digest'],
    ['redis:7', 'found redis:7 without a digest'],
  ])('%s', (text, expected) => {
    expect(problem(text)).toContain(expected)
  })

  test.each([
    ['ghcr.io/team/preview:main', 'ghcr.io/team/preview:main', 'moves'],
    ['example/nightly:2025-06-01', `${MIRROR}/example/nightly:2025-06-01`, 'moves daily'],
    [`${MIRROR}/example/nightly:2025-06-01`, `${MIRROR}/example/nightly:2025-06-01`, 'moves daily'],
  ])('unless allowTag names it: %s', (text, image, reason) => {
    expect(policy().decide(text)).toMatchObject({ outcome: 'settled', reason })
    expect(settled(text)).toBe(image)
  })

  test('a lock entry makes an exception superfluous', () => {
    const both = policy({ allowTag: { nginx: { reason: 'not locked yet' } } })
    expect(settled('nginx:1.27', both)).toBe(`${MIRROR}/nginx@${THREE}`)
    expect(both.unusedExceptions).toEqual(['nginx'])
  })
})

describe('prefixes that share a target', () => {
  const shared = (digests: Record<string, string>) =>
    policy({ mirrors: { '*': MIRROR, 'quay.io': MIRROR, 'docker.io': MIRROR }, digests })

  test('are told apart by what the lock knows', () => {
    const known = shared({ 'quay.io/app:1': ONE })
    expect(settled('quay.io/app:1', known)).toBe(`${MIRROR}/app@${ONE}`)
    expect(settled(`${MIRROR}/app@${ONE}`, known)).toBe(`${MIRROR}/app@${ONE}`)
    expect(problem(`${MIRROR}/app@${TWO}`, known)).toContain('for quay.io/app, but digests has quay.io/app:1')
  })
  test('and refused where two images would have one name', () => {
    expect(problem('quay.io/example/app:1', shared({ 'quay.io/example/app:1': ONE, 'example/app:1': TWO }))).toBe(
      `found quay.io/example/app, which would be mirrored as ${MIRROR}/example/app, where example/app goes too; give one of their prefixes in mirrors a target of its own`,
    )
  })
  test('as an own image has where it stands beside the mirrored ones', () => {
    const beside = policy({
      mirrors: { '*': 'ghcr.io/team' },
      internal: { 'ghcr.io/team/apps': {} },
      digests: { 'ghcr.io/team/apps/bot:1': ONE, 'apps/bot:1': TWO },
    })
    expect(beside.decide('ghcr.io/team/apps/bot:1')).toMatchObject({ image: { digest: ONE }, source: undefined })
    expect(problem('apps/bot:1', beside)).toContain('where ghcr.io/team/apps/bot goes too')
  })
  test('but two spellings of one image are one', () => {
    const hub = shared({ 'example/app:1': ONE })
    expect(settled('example/app:1', hub)).toBe(`${MIRROR}/example/app@${ONE}`)
    expect(settled('docker.io/example/app:1', hub)).toBe(`${MIRROR}/example/app@${ONE}`)
  })
})

test('a placeholder is never parsed', () => {
  for (const text of ['$(IMAGE)', `\${IMAGE}`, `grafana/mimir:\${TAG:=3.0.0}`])
    expect(policy().decide(text)).toEqual({ outcome: 'placeholder', reason: undefined })
})

describe('what the lock says of itself once the build has been read', () => {
  const findings = (
    texts: readonly string[],
    by = policy(),
    unusedLock: 'ignore' | 'warn' | 'error' = 'warn',
    strictLock = false,
  ) => {
    for (const text of texts) by.decide(text)
    return by.lock.findings({ strictLock, unusedLock }).map(({ severity, message }) => `${severity}: ${message}`)
  }
  const ALL = ['grafana/mimir:3.0.0', 'grafana/mimir:2.9.0', 'quay.io/coreos/etcd', 'nginx', 'redis']

  test('nothing, where every entry was used once', () => {
    expect(findings(ALL)).toEqual([])
  })
  test('an entry is used by its mirrored image too', () => {
    const again = policy()
    expect(findings(ALL.map((text) => settled(text, again)))).toEqual([])
  })
  test('one line names every unused entry', () => {
    expect(findings(['nginx'])).toEqual([
      'warning: digests: nothing in the build uses grafana/mimir:2.9.0, grafana/mimir:3.0.0, quay.io/coreos/etcd, redis:latest; take unused entries out, or set unusedLock: ignore where several stacks share one lock',
    ])
  })
  test.each([
    ['ignore', false, undefined],
    ['warn', false, 'warning'],
    ['error', false, 'error'],
    ['ignore', true, 'error'],
    ['warn', true, 'error'],
  ] as const)('unusedLock: %s and strictLock: %s', (unusedLock, strictLock, severity) => {
    expect(findings([], policy(), unusedLock, strictLock)[0]?.split(':')[0]).toBe(severity)
  })
  test('an entry without a tag decides for one tag only', () => {
    expect(findings([...ALL, 'nginx:1.27', 'nginx:1.26'])).toEqual([
      'error: digests: nginx has no tag, so the tags 1.26 and 1.27 and latest of the build would run the same image; write an entry for each tag',
    ])
  })
  test('and no tag is the tag latest, but for an image that is pinned already', () => {
    expect(findings([...ALL, 'nginx:1.27'])).toEqual([
      'error: digests: nginx has no tag, so the tags 1.27 and latest of the build would run the same image; write an entry for each tag',
    ])
    expect(findings([...ALL.filter((text) => text !== 'nginx'), 'nginx:1.27', `${MIRROR}/nginx@${THREE}`])).toEqual([])
  })
  test('two spellings of one image must agree', () => {
    const clash = policy({ digests: { ...spec.digests, 'docker.io/library/nginx': ONE } })
    expect(findings([...ALL, 'nginx'], clash, 'ignore')).toEqual([
      'error: digests: nginx and docker.io/library/nginx are one image with two digests; keep the entry that is right',
    ])
    const agreed = policy({ digests: { ...spec.digests, 'docker.io/library/nginx': THREE } })
    expect(findings([...ALL, 'nginx'], agreed, 'ignore')).toEqual([])
  })
})

test('deciding of what was decided changes nothing, whatever the policy', () => {
  const name = fc.constantFrom(
    'nginx',
    'docker.io/library/nginx',
    'grafana/mimir',
    'quay.io/coreos/etcd',
    'gcr.io/a/b',
    'ghcr.io/team/bot',
    'localhost:5000/x',
  )
  const reference = fc.record(
    { name, tag: fc.constantFrom('1', '2', 'latest'), digest: fc.constantFrom(ONE, TWO) },
    { requiredKeys: ['name'] },
  )
  const prefix = fc.constantFrom(
    '*',
    'docker.io',
    'docker.io/library',
    'quay.io',
    'quay.io/coreos',
    'gcr.io/a',
    'nginx',
    'localhost:5000',
  )
  const configuration = fc.record({
    mirrors: fc.dictionary(
      prefix,
      fc.constantFrom('registry.internal/a', 'registry.internal/b', 'quay.io/mirror', 'ghcr.io/team/mirror'),
    ),
    internal: fc.dictionary(fc.constantFrom('ghcr.io/team', 'ghcr.io/team/mirror/gcr.io', 'gcr.io'), fc.constant({})),
    digests: fc.dictionary(
      reference.map(({ name: repository, tag }) => formatReference({ name: repository, tag })),
      fc.constantFrom(ONE, TWO),
    ),
    allowTag: fc.dictionary(name, fc.constant({ reason: 'because' })),
    keepTag: fc.boolean(),
  })
  fc.assert(
    fc.property(configuration, reference, (config, image: ImageReference) => {
      const first = new Policy(config).decide(formatReference(image))
      if (first.outcome !== 'settled') return
      const text = formatReference(first.image)
      expect(settled(text, new Policy(config))).toBe(text)
      expect(new Policy(config).decide(text)).toMatchObject({ reason: first.reason })
    }),
    { numRuns: 1000 },
  )
})
