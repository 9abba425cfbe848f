import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { isFields, isKind } from '../../../functions/lib/kubernetes/objects.ts'
import { mimirObjects, mimirStacks } from './lib/mimir.ts'
import { fileAt, mountedFiles, workload } from './lib/pod.ts'
import { complaint, program } from './lib/program.ts'

/** The tenant of a Mimir without multitenancy; local rules stand in a folder of its name. */
const TENANT = 'anonymous'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const isRuleFile = (text: string): boolean => {
  const content: unknown = parse(text)
  return isFields(content) && Array.isArray(content.groups)
}

describe.each(mimirStacks)('the rules of %s', (stack) => {
  const objects = mimirObjects(stack)
  const mounted = mountedFiles(objects, workload(objects, 'mimir-ruler'))
  const { directory } = parse(fileAt(mounted, '/mnt/mimir.yaml')).ruler_storage.local
  const files = [...mounted].filter(([path]) => dirname(path) === join(directory, TENANT))
  const written = (): string[] =>
    files.map(([path, text]) => {
      const copy = join(folder, basename(path))
      writeFileSync(copy, text)
      return copy
    })

  test('are all mounted where the ruler looks for them', () => {
    const rendered = objects
      .filter((object) => isKind(object, '', 'ConfigMap') && isFields(object.data))
      .flatMap((object) => Object.entries(object.data as Record<string, string>))
      .filter(([name, text]) => name.endsWith('.yaml') && isRuleFile(text))
    expect(rendered.length).toBeGreaterThan(0)
    expect(files.map(([path]) => basename(path)).sort()).toEqual(rendered.map(([name]) => name).sort())
  })

  test('pass promtool, with no rule twice', () => {
    expect(complaint(program('promtool'), ['check', 'rules', '--lint-fatal', ...written()])).toBeUndefined()
  })

  test('would not pass with an expression that does not parse', () => {
    const [path = ''] = written()
    writeFileSync(path, fileAt(mounted, files[0]?.[0] ?? '').replace('expr: ', 'expr: )'))
    expect(complaint(program('promtool'), ['check', 'rules', path])).toContain('could not parse expression')
  })
})
