import { describe, expect, test } from '@jest/globals'
import { Places } from '../../../functions/image-mirror-digest/places/find.ts'
import { found, object, places, podSpec } from './lib.ts'

describe('flags and variables', () => {
  const pod = (extra: Record<string, unknown>) => object('v1', 'Pod', { spec: podSpec(extra) })
  const inFlags = async (extra: Record<string, unknown>, by = places) => (await found(pod(extra), by)).slice(1)

  test.each([
    [{ args: ['--tidb-discovery-image=a/b:1'] }, ['spec.containers[0].args[0] a/b:1']],
    [{ command: ['run', '--tidb-backup-manager-image=a/b:1'] }, ['spec.containers[0].command[1] a/b:1']],
    [{ args: ['--acme-http01-solver-image', 'a/b:1'] }, ['spec.containers[0].args[1] a/b:1']],
    [{ args: ['--prometheus-config-reloader=a/b:1'] }, ['spec.containers[0].args[0] a/b:1']],
    [{ args: ['-tidb-discovery-image=a/b:1'] }, ['spec.containers[0].args[0] a/b:1']],
    [{ args: ['-acme-http01-solver-image', 'a/b:1'] }, ['spec.containers[0].args[1] a/b:1']],
    [{ args: ['---tidb-discovery-image=a/b:1', 'tidb-discovery-image=a/b:1'] }, []],
    [{ args: ['--acme-http01-solver-image', '--v=2'] }, []],
    [{ args: ['--acme-http01-solver-image='] }, []],
    [{ args: ['--acme-http01-solver-image'] }, []],
    [
      { env: [{ name: 'RELATED_IMAGE_AGENT', value: `\${REGISTRY}/b:\${TAG` }] },
      [`spec.containers[0].env[0].value \${REGISTRY}/b:\${TAG`],
    ],
    [{ args: ['--acme-http01-solver-images=a/b:1'] }, []],
    [{ env: [{ name: 'RELATED_IMAGE_AGENT', value: 'a/b:1' }] }, ['spec.containers[0].env[0].value a/b:1']],
    [{ env: [{ name: 'RELATED_IMAGE_AGENT', valueFrom: {} }] }, []],
    [{ env: [{ name: 'STRIMZI_IMAGE_PULL_POLICY', value: 'Always' }] }, []],
    [{ env: [{ name: null, value: 'a/b:1' }] }, []],
    [
      { env: [{ name: 'RELATED_IMAGE_AGENT', value: `\${IMAGE:=a/b:1}` }] },
      [`spec.containers[0].env[0].value \${IMAGE:=a/b:1}`],
    ],
    [
      { env: [{ name: 'STRIMZI_KAFKA_IMAGES', value: `\${VERSION:=3.9}=\${REGISTRY:=a, b}/c:1,4.0=a/b:$(TAG)` }] },
      [`\${REGISTRY:=a, b}/c:1`, 'a/b:$(TAG)'].map((text) => `spec.containers[0].env[0].value ${text}`),
    ],
    [
      { env: [{ name: 'STRIMZI_KAFKA_IMAGES', value: '3.9=a/b:1, 4.0=a/b:2\n4.1=a/b:3' }] },
      ['a/b:1', 'a/b:2', 'a/b:3'].map((text) => `spec.containers[0].env[0].value ${text}`),
    ],
  ])('%j', async (extra, images) => {
    expect(await inFlags(extra)).toEqual(images)
  })

  test('of your policy are read only in objects that match', async () => {
    const own = (name: string) => new Places({ job: { argument: '--job-image', match: { name } } })
    expect(await inFlags({ args: ['--job-image=a/b:1'] }, own('x'))).toEqual(['spec.containers[0].args[0] a/b:1'])
    expect(await inFlags({ args: ['--job-image=a/b:1'] }, own('y'))).toEqual([])
  })

  test('of a spelling of your own', async () => {
    const own = (argument: string) => new Places({ job: { argument } })
    expect(await inFlags({ args: ['image=a/b:1'] }, own('image'))).toEqual(['spec.containers[0].args[0] a/b:1'])
    expect(await inFlags({ args: ['image=a/b:1'] }, own('-image'))).toEqual([])
    const variable = (name: string) => new Places({ job: { environment: 'OWN_IMAGE', match: { name } } })
    const env = { env: [{ name: 'OWN_IMAGE', value: 'a/b:1' }] }
    expect(await inFlags(env, variable('x'))).toEqual(['spec.containers[0].env[0].value a/b:1'])
    expect(await inFlags(env, variable('y'))).toEqual([])
  })

  test('several images in one value are each written in their place', async () => {
    const list = pod({ env: [{ name: 'STRIMZI_KAFKA_IMAGES', value: '3.9=a/b:1 4.0=a/b:2' }] })
    for (const item of (await places.imagesOf(list)).slice(1))
      if ('text' in item) await item.write({ name: `mirror/${item.text.replace(':', '-')}-with-a-longer-name` })
    expect(list.spec).toMatchObject({
      containers: [{ env: [{ value: '3.9=mirror/a/b-1-with-a-longer-name 4.0=mirror/a/b-2-with-a-longer-name' }] }],
    })
  })
})
