import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { edit, Workspace } from './lib/kpt.ts'

// kpt puts back every comment that it does not find where it was: one that a function moves comes back twice.
describe('comments of the user, through kpt fn render', () => {
  const workspace = new Workspace()
  afterAll(() => workspace.remove())

  const folder = workspace.get('tidb-operator')
  const deployment = join(folder, 'deployment.yaml')
  edit(deployment, (text) =>
    text
      .replace(/^/, '# at the top\n')
      .replace(/^kind: Deployment$/m, '# above a key\nkind: Deployment # next to a value')
      .replace(/^( +)containers:$/m, '$1containers: # next to a key\n$1# above an item')
      .replace(/^( +)- (name: NAMESPACE)$/m, '$1- # in an item\n$1  # and below\n$1  $2')
      .replace(/^( +)(failureThreshold: 10)$/m, '$1$2\n$1# at the end of a block'),
  )
  workspace.commit(folder)
  const before = readFileSync(deployment, 'utf8')
  const ended = workspace.render(folder)
  const after = readFileSync(deployment, 'utf8')

  test('stay on their lines, once each', () => {
    expect(ended.status).toBe(0)
    expect(after).toContain('securityContext:')
    const lines = (text: string): string[] => text.split('\n').filter((line) => line.includes('#'))
    expect(lines(before).length).toBeGreaterThan(8)
    expect(lines(after)).toEqual(lines(before))
  })

  test('stay above or below the same field', () => {
    expect(after).toMatch(/^# at the top\napiVersion:/)
    expect(after).toMatch(/^# above a key\nkind: Deployment # next to a value\nmetadata: # kpt-merge: /m)
    expect(after).toMatch(/^( +)containers: # next to a key\n\1# above an item\n\1- name: controller$/m)
    expect(after).toMatch(/^( +)- # in an item\n\1 {2}# and below\n\1 {2}name: NAMESPACE$/m)
    expect(after).toMatch(/^( +)failureThreshold: 10\n\1# at the end of a block$/m)
  })

  test('are not touched by a second run', () => {
    workspace.commit(folder)
    expect(workspace.render(folder).status).toBe(0)
    expect(workspace.changes(folder)).toEqual([])
  })
})
