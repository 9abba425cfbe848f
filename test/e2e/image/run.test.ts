import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { builtImage, KUSTOMIZE_CALL } from '../../support/image.ts'

const bundle = join(__dirname, '../../../dist/functions.cjs')
const digest = `sha256:${'1'.repeat(64)}`

const inContainer = (input: string, ...options: string[]): SpawnSyncReturns<string> => {
  const { reference, env } = builtImage()
  return spawnSync('docker', [...KUSTOMIZE_CALL.split(' '), ...options, reference], { env, input, encoding: 'utf8' })
}
const inProcess = (input: string): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [bundle], { input, encoding: 'utf8' })

const resourceList = (spec: object): string => `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web # kept
  spec:
    template:
      spec:
        containers:
        - name: web
          image: example.com/web:1.0.0
functionConfig:
  apiVersion: krm-hardening.dev/v1alpha1
  kind: ImageMirrorDigest
  metadata:
    name: images
  spec: ${JSON.stringify(spec)}
`

const good = resourceList({ digests: { 'example.com/web:1.0.0': digest } })

describe('the image, run as Kustomize runs it', () => {
  beforeAll(() => {
    builtImage()
  })

  test.each([
    ['as it is', []],
    ['on a root file system that nothing can be written to', ['--read-only', '--read-only-tmpfs=false']],
    ['without any capability', ['--cap-drop=ALL']],
    ['without a home', ['-e', 'HOME=']],
  ])('answers what the bundle answers, byte for byte, %s', (_, options) => {
    const { status, stdout, stderr } = inContainer(good, ...options)
    const expected = inProcess(good)
    expect(expected.stdout).toContain(`image: example.com/web@${digest}`)
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: expected.stdout, stderr: expected.stderr })
  })

  test('reads and writes more than a pipe holds at once', () => {
    const item = /^- [\s\S]*?(?=^functionConfig)/m.exec(good)?.[0] ?? ''
    const many = good.replace(
      item,
      Array.from({ length: 1000 }, (_, n) => item.replace('name: web #', `name: web-${n} #`)).join(''),
    )
    expect(many.length).toBeGreaterThan(100_000)
    const { status, stdout } = inContainer(many)
    expect(status).toBe(0)
    expect(stdout === inProcess(many).stdout).toBe(true)
  })

  test.each([
    ['1 for an object that the policy refuses', 1, resourceList({}), 'error: image-mirror-digest/missing-digest: '],
    [
      '2 for a key that the policy does not know',
      2,
      resourceList({ digest: {} }),
      'error: policy/unknown-field: ImageMirrorDigest: spec.digest',
    ],
    ['2 for YAML that does not parse', 2, 'items: [', 'error: '],
    ['2 for an empty stream', 2, '', 'error: input/empty: '],
  ])('ends with %s, the reason on stderr and nothing on stdout', (_, code, input, reason) => {
    const { status, stdout, stderr } = inContainer(input)
    expect({ status, stdout }).toEqual({ status: code, stdout: '' })
    expect(stderr).toContain(reason)
    expect(stderr).toBe(inProcess(input).stderr)
  })
})
