import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUNDLE, edit, Workspace } from '../kpt/lib/kpt.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

/** A package whose pipeline names the program by a relative path. */
function packageWithRelativePath(): string {
  const folder = workspace.get('cilium-etcd')
  edit(join(folder, 'Kptfile'), (text) => text.replaceAll(`exec: ${BUNDLE}`, 'exec: ./functions.cjs'))
  workspace.commit(folder)
  return folder
}

describe('kpt fn render, the functions as a program', () => {
  test('finds a relative path from where kpt runs', () => {
    copyFileSync(BUNDLE, join(workspace.folder, 'functions.cjs'))
    const folder = packageWithRelativePath()
    expect(workspace.render(folder).status).toBe(0)
    expect(workspace.changes(folder)).toContain('?? poddisruptionbudget-cilium-etcd.yaml')
  })

  test('fails without --allow-exec, and changes nothing', () => {
    const folder = packageWithRelativePath()
    const { status, stderr } = workspace.run(['fn', 'render', folder])
    expect(status).toBe(1)
    expect(stderr).toContain('--allow-exec')
    expect(workspace.changes(folder)).toEqual([])
  })
})
