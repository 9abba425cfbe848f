import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { podman } from '../lib/podman.ts'
import { objectsOf, render } from '../lib/stacks.ts'
import { type ArgoCD, builtArgoCD, TIME_TO_BUILD } from './lib/argo-cd.ts'
import { Checkout } from './lib/checkout.ts'
import { builtSidecar } from './lib/image.ts'
import { CONFINEMENT, plugin, sidecar } from './lib/sidecar.ts'

interface Application {
  spec: { source: { path: string; plugin: { name: string; parameters?: { name: string; string: string }[] } } }
}

interface Answer {
  parameters: { name: string }[]
  manifests: string[]
}

const applications = objectsOf(render('overlays/dev/argocd-applications')) as unknown as Application[]

describe('the real argocd-cmp-server, in the sidecar', () => {
  let argocd: ArgoCD
  let checkout: Checkout
  let volumes: string
  let container: string

  /** Starts the container of the component with its own mounts, as a kubelet would. */
  const start = (): string => {
    const mounts = sidecar.volumeMounts.filter(({ mountPath }) => mountPath !== '/tmp')
    return podman(
      'run',
      '--detach',
      ...CONFINEMENT,
      ...mounts.map(
        ({ name, mountPath, readOnly }) => `--volume=${join(volumes, name)}:${mountPath}${readOnly ? ':ro' : ''}`,
      ),
      `--entrypoint=${JSON.stringify(sidecar.command)}`,
      builtSidecar(),
    ).trim()
  }

  beforeAll(async () => {
    argocd = builtArgoCD()
    checkout = new Checkout()
    volumes = mkdtempSync(join(tmpdir(), 'cmp-'))
    chmodSync(volumes, 0o755)
    for (const { name } of sidecar.volumeMounts) mkdirSync(join(volumes, name))
    // Any user may write to an emptyDir.
    chmodSync(join(volumes, 'plugins'), 0o777)
    spawnSync('cp', [argocd.server, join(volumes, 'var-files', basename(sidecar.command[0] ?? ''))])
    container = start()
    const socket = join(volumes, 'plugins', `${plugin.metadata.name}.sock`)
    for (let tries = 0; !existsSync(socket); tries++) {
      if (tries === 300) throw new Error(`no ${socket} after 30 s: ${podman('logs', container)}`)
      await setTimeout(100)
    }
  }, TIME_TO_BUILD)
  afterAll(() => {
    podman('rm', '--force', '--time', '0', container)
    rmSync(volumes, { recursive: true })
    checkout.remove()
  })

  /** Asks as argocd-repo-server does. */
  const ask = (source: Application['spec']['source'], timeout = '120s') => {
    const { status, stdout, stderr } = spawnSync(argocd.askPlugin, [JSON.stringify(source), checkout.folder, timeout], {
      env: { ...process.env, ARGOCD_PLUGINSOCKFILEPATH: join(volumes, 'plugins') },
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    })
    return { status, stderr, answer: stdout === '' ? undefined : (JSON.parse(stdout) as Answer) }
  }
  const sourceOf = (path: string, ...parameters: { name: string; string: string }[]) => ({
    path,
    plugin: { name: plugin.metadata.name, parameters },
  })

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
    expect(stderr).toContain('`node /opt/krm-hardening/argocd.cjs` failed exit status 2')
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
    expect(stderr).toMatch(/`node \/opt\/krm-hardening\/argocd.cjs` failed signal: (?:killed|terminated)/)
    await setTimeout(1000)
    const list = 'console.log(fs.readdirSync("/tmp", { recursive: true }).join())'
    expect(podman('exec', container, 'node', '--eval', list)).toBe('_cmp_server\n')
  })
})
