import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deployment } from '../../support/deployment.ts'
import { root } from '../../support/stacks.ts'
import { BUNDLE, edit, objectsByFile, Workspace } from './lib/kpt.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

describe('an edit of the policy', () => {
  const folder = workspace.get('tidb-operator')
  const policy = join(folder, 'hardening/hardening.yaml')
  beforeAll(() => {
    workspace.render(folder)
    workspace.commit(folder)
  })

  test('removes the file of an object that nothing asks for any more', () => {
    edit(policy, (text) => text.replace('  replication:\n', '$&    disruptionBudget: off\n'))
    expect(workspace.render(folder).status).toBe(0)
    expect(workspace.changes(folder)).toEqual([
      ' M hardening/hardening.yaml',
      ' D poddisruptionbudget-tidb-operator.yaml',
    ])
  })

  test('brings what was derived up to date', () => {
    edit(policy, (text) => text.replace('tidb-operator: 2', 'tidb-operator: 3'))
    expect(workspace.render(folder).status).toBe(0)
    expect(objectsByFile(folder).get('deployment.yaml')).toMatchObject({ spec: { replicas: 3 } })
  })
})

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n'
const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: api
  namespace: shop
spec:
  selector:
    app: api
  ports:
  - port: 8080
`

test('a package of its own is hardened as docs/kpt.md writes it', () => {
  const [, markdown = ''] = readFileSync(join(root, 'docs/kpt.md'), 'utf8').split('## A package of your own')
  const block = (kind: string): string =>
    new RegExp(`\`\`\`yaml\n(apiVersion: \\S+\nkind: ${kind}\n[\\s\\S]*?)\`\`\``).exec(markdown)?.[1] ?? ''
  const folder = join(workspace.folder, 'shop')
  mkdirSync(folder)
  writeFileSync(join(folder, 'Kptfile'), block('Kptfile').replace(/image: \S+/, `exec: ${BUNDLE}`))
  writeFileSync(join(folder, 'hardening.yaml'), block('Hardening'))
  for (const name of ['web', 'api']) writeFileSync(join(folder, `${name}.yaml`), deployment(name))
  writeFileSync(join(folder, 'namespace.yaml'), NAMESPACE)
  writeFileSync(join(folder, 'service.yaml'), SERVICE)
  const { status, stderr } = workspace.render(folder)
  expect([status, stderr]).toEqual([0, expect.stringContaining('Successfully executed 1 function(s)')])
  const objects = objectsByFile(folder)
  for (const name of ['web', 'api'])
    expect(objects.get(`${name}.yaml`)).toMatchObject({
      spec: { template: { spec: { containers: [{ securityContext: { readOnlyRootFilesystem: true } }] } } },
    })
  expect(objects.get('networkpolicy-api.yaml')).toMatchObject({
    spec: { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] },
  })
  expect([...objects.values()].map(({ kind }) => kind)).not.toContain('PeerAuthentication')
})
