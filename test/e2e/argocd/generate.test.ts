import type { SpawnSyncReturns } from 'node:child_process'
import { imageReference } from '../../support/image.ts'
import { render } from '../../support/stacks.ts'
import { Checkout } from './lib/checkout.ts'
import { inSidecar, plugin } from './lib/sidecar.ts'

const REVISION = '0123456789abcdef0123456789abcdef01234567'

/** The variables that Argo CD sets for an Application with these parameters, all of which are strings. */
const variables = (path: string, parameters: Record<string, string>): Record<string, string> => ({
  ARGOCD_APP_NAME: 'app',
  ARGOCD_APP_NAMESPACE: 'app',
  ARGOCD_APP_PROJECT_NAME: 'default',
  ARGOCD_APP_REVISION: REVISION,
  ARGOCD_APP_REVISION_SHORT: REVISION.slice(0, 7),
  ARGOCD_APP_REVISION_SHORT_8: REVISION.slice(0, 8),
  ARGOCD_APP_SOURCE_REPO_URL: 'https://github.com/hippocampus-dev/krm-hardening',
  ARGOCD_APP_SOURCE_PATH: path,
  ARGOCD_APP_SOURCE_TARGET_REVISION: 'main',
  KUBE_VERSION: '1.34.1',
  KUBE_API_VERSIONS: 'v1,apps/v1,batch/v1',
  ARGOCD_APP_PARAMETERS: JSON.stringify(Object.entries(parameters).map(([name, string]) => ({ name, string }))),
  ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`PARAM_${name.toUpperCase()}`, value])),
})

describe('the command of the plugin, in the sidecar', () => {
  let checkout: Checkout
  beforeEach(() => {
    checkout = new Checkout()
  })
  afterEach(() => checkout.remove())

  const generate = (path: string, parameters: Record<string, string> = {}): SpawnSyncReturns<string> =>
    inSidecar(plugin.spec.generate.command, { checkout: checkout.folder, path, env: variables(path, parameters) })

  test.each(['overlays/dev/tidb-operator', 'overlays/dev/mimir', 'overlays/production/cilium-etcd'])(
    'answers for %s what the command line renders, byte for byte',
    (path) => {
      const { status, stdout, stderr } = generate(path)
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('error') })
      expect(stdout).toBe(render(path))
      expect(stdout).toContain('readOnlyRootFilesystem: true')
    },
  )

  test('builds a folder below the path of the Application for the parameter environment', () => {
    const { status, stdout } = generate('overlays', { environment: 'production/tidb-operator' })
    expect(status).toBe(0)
    expect(stdout).toBe(render('overlays/production/tidb-operator'))
  })

  describe('where the policy names a mirrored copy of the image', () => {
    const mirrored = 'registry.example.com/mirror/krm-hardening:v1'
    const path = 'overlays/dev/tidb-operator'
    beforeEach(() => checkout.edit('functions/hardening/policy.yaml', imageReference(), mirrored))

    test('renders the same with that image as parameter', () => {
      const { status, stdout } = generate(path, { image: mirrored })
      expect(status).toBe(0)
      expect(stdout).toBe(render(path))
    })

    test('says so without it', () => {
      const { status, stdout, stderr } = generate(path)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain(`no container engine found in PATH to run the function image ${mirrored}`)
    })
  })

  describe('ends with an error, its reason on stderr and nothing on stdout, where', () => {
    const path = 'overlays/dev/tidb-operator'
    const policy = 'functions/hardening/policy.yaml'

    test('the policy has an unknown key', () => {
      checkout.edit(policy, '  images:', '  imagse:')
      const { status, stdout, stderr } = generate(path)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain('spec.imagse: unknown key (did you mean images?)')
    })

    test('the policy refuses an object', () => {
      checkout.edit('overlays/hardening/images.yaml', 'pingcap/tidb-operator:v1.6.3', 'pingcap/tidb-operator:v1.6.2')
      const { status, stdout, stderr } = generate(path)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toMatch(/error: image-mirror-digest\/missing-digest: .*pingcap\/tidb-operator:v1\.6\.3/)
    })

    test('Kustomize refuses the kustomization', () => {
      checkout.edit(`${path}/kustomization.yaml`, '- operator', '- absent')
      const { status, stdout, stderr } = generate(path)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toContain('absent')
    })

    test('the Application sets an unknown parameter', () => {
      const { status, stdout, stderr } = generate(path, { enviroment: 'production' })
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toBe(
        'error: policy/unknown-field: spec.source.plugin.parameters.enviroment: unknown key (did you mean environment?); expected one of environment, image\n',
      )
    })

    test('the environment does not exist', () => {
      const { status, stdout, stderr } = generate('overlays', { environment: 'absent' })
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain('./absent is no folder')
    })
  })
})
