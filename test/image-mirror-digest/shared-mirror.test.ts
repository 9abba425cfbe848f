import { Decisions } from '../../functions/image-mirror-digest/decide/decide.ts'
import { imageMirrorDigest } from '../../functions/image-mirror-digest/function.ts'
import { transform } from '../../functions/image-mirror-digest/transform.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import { Shared } from '../../functions/lib/framework/shared.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

// An image under a mirror that several registries share, and an image that a placeholder has as its default.

const MIRROR = 'registry.internal/mirror'
const DIGEST = `sha256:${'1'.repeat(64)}`
const OTHER = `sha256:${'2'.repeat(64)}`
const specOf = (spec: Fields) => parseConfig(imageMirrorDigest.schema, spec, 'spec') as never
const SHARED = { mirrors: { 'a.io': MIRROR, 'b.io': MIRROR } }
const decide = (text: string, spec: Fields) => new Decisions(specOf({ ...SHARED, ...spec })).decide(text)

describe('of the images that share a name under a mirror, it is the one', () => {
  const source = (spec: Fields) => {
    const decision = decide(`${MIRROR}/app:1`, spec)
    return decision.outcome === 'resolved'
      ? [decision.source?.name, decision.image.digest, decision.reason]
      : decision.outcome
  }

  test('that the lock knows', () => {
    expect(source({ digests: { 'b.io/app:1': DIGEST } })).toEqual(['b.io/app', DIGEST, undefined])
    expect(source({ digests: { 'a.io/app:1': DIGEST } })).toEqual(['a.io/app', DIGEST, undefined])
  })

  test('that may run by its tag', () => {
    expect(source({ allowTag: { 'b.io/app': { reason: 'moves' } } })).toEqual(['b.io/app', undefined, 'moves'])
  })

  test('that a placeholder with this default is allowed for', () => {
    expect(
      decide('${IMAGE:=b.io/app:1}', { allowTag: { '${IMAGE:=b.io/app:1}': { reason: 'filled in' } } }),
    ).toMatchObject({ outcome: 'placeholder', reason: 'filled in', default: { text: `\${IMAGE:=${MIRROR}/app:1}` } })
  })

  test('and nothing else, so that two that are both mirrored there are refused', () => {
    const spec = { digests: { 'a.io/app:1': DIGEST, 'b.io/app:1': OTHER } }
    expect(decide('a.io/app:1', spec).outcome).toBe('resolved')
    expect(decide('b.io/app:1', spec).outcome).toBe('refused')
  })
})

describe('a placeholder whose default is an image', () => {
  const TEXT = '${IMAGE:=a.io/app:1}'
  const run = async (spec: Fields) => {
    const pod: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'cart' },
      spec: { containers: [{ name: 'app', image: TEXT }] },
    }
    const policy = { ...SHARED, allowTag: { [TEXT]: { reason: 'filled in' } }, ...spec }
    const found = await transform([pod], specOf(policy), 'image-mirror-digest', new Shared())
    return { pod, spec: pod.spec as Fields, errors: found.filter(({ severity }) => severity === 'error') }
  }

  test('is mirrored and pinned in its place, with the reason', async () => {
    const { pod, spec, errors } = await run({ digests: { 'a.io/app:1': DIGEST } })
    expect(errors).toEqual([])
    expect(spec.containers).toEqual([{ name: 'app', image: `\${IMAGE:=${MIRROR}/app@${DIGEST}}` }])
    expect(JSON.stringify(pod.metadata.annotations)).toContain('filled in')
  })

  test('needs the credentials of the mirror', async () => {
    const { spec } = await run({ digests: { 'a.io/app:1': DIGEST }, imagePullSecrets: { mirror: {} } })
    expect(spec.imagePullSecrets).toEqual([{ name: 'mirror' }])
  })
})
