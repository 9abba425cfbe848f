import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { edit, filesOf, resultsIn, Workspace } from './lib/kpt.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

/** Renders after a change of one file, and gives how that ended and what it left behind. */
function renderWith(folder: string, file: string, change: (text: string) => string) {
  edit(join(folder, file), change)
  workspace.commit(folder)
  const results = join(workspace.folder, `results-${filesOf(folder).size}-${file.replaceAll('/', '-')}`)
  const { status, stderr } = workspace.render(folder, 'exec', '--results-dir', results)
  return { status, stderr, changes: workspace.changes(folder), results: () => resultsIn(results) }
}

describe('kpt fn render changes no file and keeps the reason', () => {
  test('if the policy refuses an object', () => {
    const digest = /^ +pingcap\/tidb-operator:.*\n/m
    const ended = renderWith(workspace.get('tidb-operator'), 'hardening/hardening.yaml', (text) =>
      text.replace(digest, ''),
    )
    expect([ended.status, ended.changes]).toEqual([1, []])
    expect(ended.stderr).toMatch(
      /\[error\] apps\/v1\/Deployment\/tidb-operator\/tidb-operator .*pingcap\/tidb-operator:v/,
    )
    const [only, ...others] = ended.results()
    expect([only?.exitCode, others]).toEqual([1, []])
    expect(only?.results?.filter(({ severity }) => severity === 'error')).toContainEqual(
      expect.objectContaining({
        resourceRef: expect.objectContaining({ kind: 'Deployment', name: 'tidb-operator' }),
        tags: expect.objectContaining({ function: 'image-mirror-digest' }),
      }),
    )
  })

  test('if a later function refuses what earlier ones have changed', () => {
    const ended = renderWith(workspace.get('cilium-etcd'), 'hardening/security-context-enforcer.yaml', (text) =>
      text.replace(/^ +hostNamespaces:.*\n/m, ''),
    )
    expect([ended.status, ended.changes]).toEqual([1, []])
    expect(ended.stderr).toMatch(
      /\[error\] apps\/v1\/StatefulSet\/kube-system\/cilium-etcd-0 spec\.template\.spec\.hostNetwork/,
    )
    expect(ended.results().map(({ exitCode }) => exitCode)).toEqual([0, 1])
  })

  test('if the policy has a key that no function knows', () => {
    const ended = renderWith(workspace.get('cilium-etcd'), 'hardening/image-mirror-digest.yaml', (text) =>
      text.replace('  digests:', '  digest:'),
    )
    expect([ended.status, ended.changes]).toEqual([1, []])
    const [only] = ended.results()
    expect(only?.exitCode).toBe(2)
    expect(only?.stderr).toContain('error: policy/unknown-field: ImageMirrorDigest: spec.digest: ')
  })
})

describe('.krmignore', () => {
  const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- service.yaml\n'
  const PATCH = '- op: remove\n  path: /spec/replicas\n'

  function withKustomize(): string {
    const folder = workspace.get('cilium-etcd')
    mkdirSync(join(folder, 'patches'))
    writeFileSync(join(folder, 'kustomization.yaml'), KUSTOMIZATION)
    writeFileSync(join(folder, 'patches/replicas.yaml'), PATCH)
    writeFileSync(join(folder, 'values-dev.yaml'), 'replicas: 3\n')
    workspace.commit(folder)
    return folder
  }

  test("leaves Kustomize's and Helm's files alone", () => {
    const folder = withKustomize()
    expect(workspace.render(folder).status).toBe(0)
    const files = filesOf(folder)
    expect(files.get('kustomization.yaml')).toBe(KUSTOMIZATION)
    expect(files.get('patches/replicas.yaml')).toBe(PATCH)
    expect(files.has('poddisruptionbudget-cilium-etcd.yaml')).toBe(true)
  })

  test('is needed for that: without it kpt stops at a patch', () => {
    const folder = withKustomize()
    rmSync(join(folder, '.krmignore'))
    const { status, stderr } = workspace.render(folder)
    expect(status).toBe(1)
    expect(stderr).toContain('patches/replicas.yaml')
  })
})
