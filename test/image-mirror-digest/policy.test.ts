import { describe, expect, test } from '@jest/globals'
import { Decisions } from '../../functions/image-mirror-digest/decide/decide.ts'
import { formatReference, type ImageReference } from '../../functions/lib/kubernetes/image-reference.ts'
import fc, { runs } from '../support/fast-check.ts'

const MIRROR = 'registry.internal/mirror'
const ONE = `sha256:${'1'.repeat(64)}`
const TWO = `sha256:${'2'.repeat(64)}`
const THREE = `sha256:${'3'.repeat(64)}`
type Spec = ConstructorParameters<typeof Decisions>[0]
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
const policy = (overrides: Partial<Spec> = {}): Decisions => new Decisions({ ...spec, ...overrides })

function resolved(text: string, by = policy()): string {
  const decision = by.decide(text)
  if (decision.outcome !== 'resolved') throw new Error(JSON.stringify(decision))
  return formatReference(decision.image)
}

/** Id and message of the problem. */
function problem(text: string, by = policy()): string {
  const decision = by.decide(text)
  if (decision.outcome !== 'refused') throw new Error(JSON.stringify(decision))
  const { id, message } = decision.problem({})
  return `${id}: ${message}`
}

describe('the digest of the lock', () => {
  test.each([
    ['grafana/mimir:3.0.0', `${MIRROR}/grafana/mimir@${ONE}`],
    ['docker.io/grafana/mimir:2.9.0', `${MIRROR}/grafana/mimir@${TWO}`],
    ['quay.io/coreos/etcd:v3.5.21', `${MIRROR}/quay.io/coreos/etcd@${THREE}`],
    ['quay.io/coreos/etcd', `${MIRROR}/quay.io/coreos/etcd@${THREE}`],
    ['nginx', `${MIRROR}/nginx@${THREE}`],
    ['docker.io/library/nginx:1.27', `${MIRROR}/nginx@${THREE}`],
    ['redis', `${MIRROR}/redis@${ONE}`],
    [`grafana/mimir:3.0.0@${ONE}`, `${MIRROR}/grafana/mimir@${ONE}`],
    [`grafana/mimir@${TWO}`, `${MIRROR}/grafana/mimir@${TWO}`],
    [`quay.io/other/app:1.0@${TWO}`, `${MIRROR}/quay.io/other/app@${TWO}`],
    [`grafana/mimir:3.0.0-rc@${ONE}`, `${MIRROR}/grafana/mimir@${ONE}`],
    [`${MIRROR}/grafana/mimir:3.0.0`, `${MIRROR}/grafana/mimir@${ONE}`],
  ])('%s', (text, image) => {
    expect(resolved(text)).toBe(image)
  })

  test('is written after the tag if keepTag is set', () => {
    expect(resolved('grafana/mimir:3.0.0', policy({ keepTag: true }))).toBe(`${MIRROR}/grafana/mimir:3.0.0@${ONE}`)
  })

  test('leaves an image as it is written that is in place and pinned', () => {
    expect(resolved(`${MIRROR}/grafana/mimir:3.0.0@${ONE}`)).toBe(`${MIRROR}/grafana/mimir:3.0.0@${ONE}`)
    expect(resolved(`ghcr.io/team/bot:1.0@${TWO}`)).toBe(`ghcr.io/team/bot:1.0@${TWO}`)
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
    expect(problem(text)).toMatch(/^image-mirror-digest\/digest-mismatch: /)
    expect(problem(text)).toContain(`but digests has ${lock};`)
  })
})

describe('an image without a digest is refused', () => {
  test.each([
    ['grafana/mimir:3.0.1', '(did you mean grafana/mimir:3.0.0?)'],
    ['grafana/mimir', 'grafana/mimir'],
    [`${MIRROR}/grafana/loki:3.4.2`, 'grafana/loki:3.4.2'],
    ['ghcr.io/team/bot:1.0', 'ghcr.io/team/bot:1.0'],
    ['redis:7', 'redis:7'],
  ])('%s', (text, expected) => {
    expect(problem(text)).toMatch(/^image-mirror-digest\/missing-digest: /)
    expect(problem(text)).toContain(expected)
  })

  test.each([
    ['ghcr.io/team/preview:main', 'ghcr.io/team/preview:main', 'moves'],
    ['example/nightly:2025-06-01', `${MIRROR}/example/nightly:2025-06-01`, 'moves daily'],
    [`${MIRROR}/example/nightly:2025-06-01`, `${MIRROR}/example/nightly:2025-06-01`, 'moves daily'],
  ])('unless allowTag names it: %s', (text, image, reason) => {
    expect(policy().decide(text)).toMatchObject({ outcome: 'resolved', reason })
    expect(resolved(text)).toBe(image)
  })

  test('a lock entry makes an exception superfluous', () => {
    const both = policy({ allowTag: { nginx: { reason: 'not locked yet' } } })
    expect(resolved('nginx:1.27', both)).toBe(`${MIRROR}/nginx@${THREE}`)
    expect(both.allowedTags.unused).toEqual(['nginx'])
  })
})

describe('prefixes that share a target', () => {
  const shared = (digests: Record<string, string>) =>
    policy({ mirrors: { '*': MIRROR, 'quay.io': MIRROR, 'docker.io': MIRROR }, digests })

  test('are told apart by what the lock knows', () => {
    const known = shared({ 'quay.io/app:1': ONE })
    expect(resolved('quay.io/app:1', known)).toBe(`${MIRROR}/app@${ONE}`)
    expect(resolved(`${MIRROR}/app@${ONE}`, known)).toBe(`${MIRROR}/app@${ONE}`)
    expect(problem(`${MIRROR}/app@${TWO}`, known)).toContain('for quay.io/app, but digests has quay.io/app:1')
  })
  test('and are refused if two images would have one name', () => {
    expect(problem('quay.io/example/app:1', shared({ 'quay.io/example/app:1': ONE, 'example/app:1': TWO }))).toMatch(
      /^image-mirror-digest\/shared-mirror-name: .* where example\/app goes too/,
    )
  })
  test('also if an image of your own is next to the mirrored ones', () => {
    const nextTo = policy({
      mirrors: { '*': 'ghcr.io/team' },
      internal: { 'ghcr.io/team/apps': {} },
      digests: { 'ghcr.io/team/apps/bot:1': ONE, 'apps/bot:1': TWO },
    })
    expect(nextTo.decide('ghcr.io/team/apps/bot:1')).toMatchObject({ image: { digest: ONE }, source: undefined })
    expect(problem('apps/bot:1', nextTo)).toContain('where ghcr.io/team/apps/bot goes too')
  })
  test('but two spellings of one image are not two', () => {
    const hub = shared({ 'example/app:1': ONE })
    expect(resolved('example/app:1', hub)).toBe(`${MIRROR}/example/app@${ONE}`)
    expect(resolved('docker.io/example/app:1', hub)).toBe(`${MIRROR}/example/app@${ONE}`)
  })
})

describe('an image with a placeholder', () => {
  const allowing = (...keys: string[]) =>
    policy({ allowTag: Object.fromEntries(keys.map((key) => [key, { reason: `because of ${key}` }])) })

  test.each(['$(IMAGE)', `\${IMAGE}`, `evil/x\${E}`, `grafana/mimir:\${TAG:=3.0.0}`, `\${ANY:=evil.example/x:latest}`])(
    'is refused without a reason: %s',
    (text) => {
      expect(problem(text)).toMatch(/^image-mirror-digest\/placeholder: /)
      expect(problem(text)).toContain(`allowTag: {${JSON.stringify(text)}: {reason: …}}`)
    },
  )

  test.each(['$(IMAGE)', `\${IMAGE}`, `evil/x\${E}`, `grafana/mimir:\${TAG:=3.0.0}`])('stays with one: %s', (text) => {
    const by = allowing(text)
    expect(by.decide(text)).toEqual({ outcome: 'placeholder', reason: `because of ${text}`, default: undefined })
    expect(by.allowedTags.unused).toEqual([])
  })

  test('has a default that is mirrored and pinned like a written image, and an exception may name either spelling', () => {
    for (const key of [`\${IMAGE}`, `\${IMAGE:=grafana/mimir:3.0.0}`])
      for (const text of [`\${IMAGE:=grafana/mimir:3.0.0}`, `\${IMAGE:=${MIRROR}/grafana/mimir@${ONE}}`])
        expect(allowing(key).decide(text)).toMatchObject({
          outcome: 'placeholder',
          default: { text: `\${IMAGE:=${MIRROR}/grafana/mimir@${ONE}}` },
        })
  })

  test.each([
    ['without a digest', `\${IMAGE:=evil.example/x:latest}`, 'missing-digest'],
    ['that is not a reference', `\${IMAGE:-Evil/X}`, 'invalid-reference'],
    ['with another digest than the lock', `\${IMAGE=grafana/mimir:3.0.0@${TWO}}`, 'digest-mismatch'],
  ])('is refused for a default %s', (_, text, id) => {
    expect(problem(text, allowing(`\${IMAGE}`))).toMatch(new RegExp(`^image-mirror-digest/${id}: `))
  })

  test('may have a default without a digest if the key of its exception names the default', () => {
    const text = `\${IMAGE:=evil.example/x:latest}`
    const mirrored = `\${IMAGE:=${MIRROR}/evil.example/x:latest}`
    for (const written of [text, mirrored])
      expect(allowing(text).decide(written)).toMatchObject({ outcome: 'placeholder', default: { text: mirrored } })
    expect(problem('evil.example/x:latest', allowing(text))).toMatch(/^image-mirror-digest\/missing-digest: /)
  })
})

describe('the report on the lock, once the build has been read', () => {
  const findings = (
    texts: readonly string[],
    by = policy(),
    unusedLock: 'ignore' | 'warn' | 'error' = 'warn',
  ): string[] => {
    for (const text of texts) by.decide(text)
    return by.lock.findings({ unusedLock }).map(({ severity, id, message }) => `${severity}: ${id}: ${message}`)
  }
  const ALL = ['grafana/mimir:3.0.0', 'grafana/mimir:2.9.0', 'quay.io/coreos/etcd', 'nginx', 'redis']

  test('is nothing if every entry was used', () => {
    expect(findings(ALL)).toEqual([])
  })
  test('an entry is used by its mirrored image too', () => {
    const again = policy()
    expect(findings(ALL.map((text) => resolved(text, again)))).toEqual([])
  })
  test('one line names every unused entry', () => {
    expect(findings(['nginx'])).toEqual([
      expect.stringMatching(
        /^warning: image-mirror-digest\/lock-unused: .* grafana\/mimir:2.9.0, grafana\/mimir:3.0.0, quay.io\/coreos\/etcd, redis:latest;/,
      ),
    ])
  })
  test.each([
    ['ignore', []],
    ['warn', ['warning']],
    ['error', ['error']],
  ] as const)('unusedLock: %s', (unusedLock, severities) => {
    expect(findings([], policy(), unusedLock).map((line) => line.split(':')[0])).toEqual(severities)
  })
  test('an entry without a tag decides for one tag only', () => {
    expect(findings([...ALL, 'nginx:1.27', 'nginx:1.26'])).toEqual([
      expect.stringMatching(/^error: image-mirror-digest\/lock-ambiguous: nginx .* 1.26 and 1.27 and latest /),
    ])
  })
  test('and an image without a tag means latest, unless it is pinned already', () => {
    expect(findings([...ALL, 'nginx:1.27'])).toEqual([
      expect.stringMatching(/^error: image-mirror-digest\/lock-ambiguous: nginx .* 1.27 and latest /),
    ])
    expect(findings([...ALL.filter((text) => text !== 'nginx'), 'nginx:1.27', `${MIRROR}/nginx@${THREE}`])).toEqual([])
  })
  test('two spellings of one image must agree', () => {
    const clash = policy({ digests: { ...spec.digests, 'docker.io/library/nginx': ONE } })
    expect(findings([...ALL, 'nginx'], clash, 'ignore')).toEqual([
      expect.stringMatching(/^error: image-mirror-digest\/lock-clash: nginx and docker.io\/library\/nginx /),
    ])
    const agreed = policy({ digests: { ...spec.digests, 'docker.io/library/nginx': THREE } })
    expect(findings([...ALL, 'nginx'], agreed, 'ignore')).toEqual([])
  })
})

test('a decision about a decided image changes nothing, whatever the policy', () => {
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
      const first = new Decisions(config).decide(formatReference(image))
      if (first.outcome !== 'resolved') return
      const text = formatReference(first.image)
      expect(resolved(text, new Decisions(config))).toBe(text)
      expect(new Decisions(config).decide(text)).toMatchObject({ reason: first.reason })
    }),
    { numRuns: runs(200) },
  )
})
