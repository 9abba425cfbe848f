import { eventually } from '../../support/eventually.ts'
import { podman } from '../../support/podman.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { argocdApplications, objectsOf, render } from '../../support/stacks.ts'
import { Checkout } from './lib/checkout.ts'
import { PluginServer, type Source, sourceOf } from './lib/server.ts'

const applications = objectsOf(render(argocdApplications('dev'))) as unknown as { spec: { source: Source } }[]

describe('the real argocd-cmp-server, in the sidecar', () => {
  let checkout: Checkout
  let server: PluginServer
  beforeAll(async () => {
    checkout = new Checkout()
    server = await PluginServer.start()
  }, TIME_TO_BUILD)
  afterAll(() => {
    server.stop()
    checkout.remove()
  })
  const ask = (source: Source, timeout?: string) => server.ask(source, checkout.folder, timeout)

  test.each(applications.map(({ spec }) => [spec.source.path, spec.source] as const))(
    'answers the Application of %s with the objects that the command line renders',
    (path, source) => {
      const { status, answer } = ask(source)
      expect(status).toBe(0)
      expect(answer?.manifests.map((manifest) => JSON.parse(manifest))).toEqual(objectsOf(render(path)))
    },
  )

  test('announces the parameters, and passes them on', () => {
    const { answer } = ask(sourceOf('overlays', { name: 'environment', string: 'production/cilium-etcd' }))
    expect(answer?.parameters.map(({ name }) => name)).toEqual(['environment', 'image'])
    expect(answer?.manifests.map((manifest) => JSON.parse(manifest))).toEqual(
      objectsOf(render('overlays/production/cilium-etcd')),
    )
  })

  test('passes on why a policy is refused, in place of manifests', () => {
    const path = 'overlays/dev/tidb-operator'
    checkout.edit('functions/hardening/policy.yaml', '  images:', '  imagse:')
    const { status, stderr, answer } = ask(sourceOf(path))
    checkout.edit('functions/hardening/policy.yaml', '  imagse:', '  images:')
    expect({ status, answer }).toEqual({ status: 1, answer: undefined })
    expect(stderr).toContain('argocd.cjs; exit $?"` failed exit status 2')
    expect(stderr).toContain('spec.imagse: unknown key (did you mean images?)')
  })

  test('stops a render that takes too long, and keeps nothing of it', async () => {
    // Kustomize needs a multiple of the time for so many names.
    const objects = Array.from(
      { length: 5000 },
      (_, n) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: n${n}\n`,
    )
    checkout.write('slow/objects.yaml', objects.join('---\n'))
    checkout.write('slow/kustomization.yaml', 'namePrefix: slow-\nresources: [objects.yaml]\n')
    const { status, stderr, answer } = ask(sourceOf('slow'), '5s')
    expect({ status, answer }).toEqual({ status: 1, answer: undefined })
    // The caller may give up before the server says so.
    expect(stderr).toMatch(/argocd\.cjs; exit \$\?"` failed signal: (?:killed|terminated)|DeadlineExceeded/)
    const list = 'console.log(fs.readdirSync("/tmp", { recursive: true }).join())'
    const temporary = () => podman('exec', server.container, 'node', '--eval', list)
    expect(await eventually(temporary, (files) => files === '_cmp_server\n')).toBe('_cmp_server\n')
  })
})
