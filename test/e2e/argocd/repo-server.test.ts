import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stringify } from 'yaml'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { runExample } from '../../support/examples.ts'
import { kustomizeProgram, TIME_TO_BUILD } from '../../support/programs.ts'
import { objectsOf, root } from '../../support/stacks.ts'
import { repoServerManifests } from './lib/argo-cd.ts'
import { type Container, sidecar } from './lib/sidecar.ts'

type Deployment = KubernetesObject & {
  spec: { template: { spec: { containers: Container[]; volumes: { name: string; emptyDir?: object }[] } } }
}

const podOf = (objects: readonly KubernetesObject[]) => {
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as Deployment
  return deployment.spec.template.spec
}

describe('the component, on argocd-repo-server as Argo CD publishes it', () => {
  let folder: string
  let component: string
  let plain: KubernetesObject[]
  let patched: KubernetesObject[]

  const build = (...components: string[]): KubernetesObject[] => {
    writeFileSync(join(folder, 'kustomization.yaml'), stringify({ resources: ['repo-server'], components }))
    return objectsOf(execFileSync(kustomizeProgram(), ['build', folder], { encoding: 'utf8', stdio: 'pipe' }))
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'repo-server-'))
    cpSync(repoServerManifests(), join(folder, 'repo-server'), { recursive: true })
    // Go keeps its modules read-only, and so is the copy.
    execFileSync('chmod', ['-R', 'u+w', folder])
    component = relative(folder, join(root, 'integrations/argocd'))
    plain = build()
    patched = build(component)
  }, TIME_TO_BUILD)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('adds a container after the others and a volume, and changes nothing else', () => {
    const whole = structuredClone(patched)
    const [before, after] = [podOf(plain), podOf(whole)]
    expect(after.containers).toEqual([...before.containers, sidecar])
    const added = after.volumes.filter(({ name }) => !before.volumes.some((volume) => volume.name === name))
    expect(added).toEqual([{ name: 'krm-hardening-tmp', emptyDir: { sizeLimit: '1Gi' } }])
    after.containers = before.containers
    after.volumes = after.volumes.filter((volume) => !added.includes(volume))
    expect(whole).toEqual(plain)
  })

  test('mounts only volumes that are there, and no /tmp but its own', () => {
    const { containers, volumes } = podOf(patched)
    const names = volumes.map(({ name }) => name)
    for (const { name } of sidecar.volumeMounts) expect(names).toContain(name)
    const temporary = containers.map(
      ({ volumeMounts }) => volumeMounts.find(({ mountPath }) => mountPath === '/tmp')?.name,
    )
    expect(temporary).toEqual(['tmp', 'krm-hardening-tmp'])
  })

  test('does not build where there is no argocd-repo-server', () => {
    rmSync(join(folder, 'repo-server/argocd-repo-server-deployment.yaml'))
    rmSync(join(folder, 'repo-server/kustomization.yaml'))
    const others = ['service', 'sa'].map((kind) => `argocd-repo-server-${kind}.yaml`)
    writeFileSync(join(folder, 'repo-server/kustomization.yaml'), stringify({ resources: others }))
    expect(build()).toHaveLength(2)
    expect(() => build(component)).toThrow(/no matches for Id Deployment/)
  })
})

describe('the security context of the sidecar', () => {
  const policy = `apiVersion: krm-hardening.dev/v1alpha1
kind: SecurityContextEnforcer
metadata:
  name: validate
spec:
  mode: validate
`
  /** What security-context-enforcer would still change in the sidecar. */
  const findings = async (container: object): Promise<string[]> => {
    const spec = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } }
    const pod = { ...spec, containers: [container] }
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'argocd-repo-server' } }
    const { stderr } = await runExample(stringify({ ...deployment, spec: { template: { spec: pod } } }), policy)
    return stderr.split('\n').filter((line) => line.includes('containers[0]'))
  }

  test('leaves nothing for security-context-enforcer to change', async () => {
    expect(await findings(sidecar)).toEqual([])
  })

  test.each(['privileged', 'allowPrivilegeEscalation', 'capabilities', 'readOnlyRootFilesystem'])(
    'would leave something without %s',
    async (field) => {
      const { [field]: _, ...others } = sidecar.securityContext as Record<string, unknown>
      expect(await findings({ ...sidecar, securityContext: others })).toEqual([expect.stringContaining(field)])
    },
  )
})
