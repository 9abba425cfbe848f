import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { edit, Workspace } from './lib/kpt.ts'

const DIGEST = `sha256:${'1'.repeat(64)}`

// A package is published plain, so that kpt merges what upstream changed into what is hardened here.
describe('kpt pkg update of a hardened package', () => {
  const workspace = new Workspace()
  afterAll(() => workspace.remove())

  const folder = workspace.get('tidb-operator')
  workspace.render(folder)
  workspace.commit(folder)
  const before = readFileSync(join(folder, 'deployment.yaml'), 'utf8')

  const published = join(workspace.upstream, 'packages/tidb-operator')
  edit(join(published, 'deployment.yaml'), (text) =>
    text.replaceAll(/tidb-operator:v[\d.]+/g, 'tidb-operator:v9.9.9').replace('memory: 50Mi', 'memory: 60Mi'),
  )
  edit(join(published, 'hardening/hardening.yaml'), (text) =>
    text.replace(/(pingcap\/tidb-operator):\S+: \S+/, `$1:v9.9.9: ${DIGEST}`),
  )
  workspace.publish('v0.2.0')
  workspace.kpt('pkg', 'update', `${folder}@v0.2.0`)
  const updated = readFileSync(join(folder, 'deployment.yaml'), 'utf8')
  workspace.commit(folder)
  const ended = workspace.render(folder)
  const after = readFileSync(join(folder, 'deployment.yaml'), 'utf8')

  test('takes what changed upstream and keeps the rest hardened', () => {
    expect(updated).toContain('image: pingcap/tidb-operator:v9.9.9')
    expect(updated).toContain('readOnlyRootFilesystem: true')
  })

  test('is hardened again by the next render, and differs in nothing else', () => {
    expect(ended.status).toBe(0)
    const expected = before
      .replaceAll(/(pingcap\/tidb-operator)@sha256:\w+/g, `$1@${DIGEST}`)
      .replace('memory: 50Mi', 'memory: 60Mi')
    expect(after).toBe(expected)
  })
})
