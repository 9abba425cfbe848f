import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../../cli/program.ts'
import { CHECK_NAMES } from '../../functions/security-context-enforcer/checks/index.ts'

// The places that CONTRIBUTING.md names: each kind of addition is one file, and one row in a list.
const root = join(__dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const modules = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.replace(/\.ts$/, ''))

/** The modules of its own folder that a list imports. */
const listed = (list: string): string[] =>
  [...read(list).matchAll(/from '\.\/([\w-]+)\.ts'/g)].map(([, name = '']) => name)

/** Every source file below a folder, with its text. */
const sourcesIn = (folder: string): [string, string][] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [`${folder}/${file}`, read(`${folder}/${file}`)])

describe('a list names every file of its folder that makes one of its rows', () => {
  test.each<[string, string, RegExp]>([
    ['checks of Pod Security', 'functions/security-context-enforcer/checks', /^export const \w+ = defineCheck\(/m],
    ['conventions of Flux', 'functions/flux-conventions/rules', /^export const \w+ = defineRule\(/m],
    ['presets', 'functions/replication-factor/presets', /: Preset = /],
    ['operators', 'functions/lib/operators', /: Operator = /],
    ['checks of source trees', 'cli/checks', /: Check = /],
  ])('%s', (_, folder, row) => {
    const makers = modules(folder).filter((name) => row.test(read(`${folder}/${name}.ts`)))
    expect(makers.length).toBeGreaterThan(5)
    expect(listed(`${folder}/index.ts`)).toEqual(expect.arrayContaining(makers))
  })

  test('commands', () => {
    const names = program(() => undefined).commands.map((command) => command.name())
    expect(names.sort()).toEqual(modules('cli/commands').sort())
  })
})

test('checks are called by one name, in their file and in the policy', () => {
  expect(CHECK_NAMES.length).toBe(new Set(CHECK_NAMES).size)
})

describe('what is known about a kind is in one file', () => {
  /** Files of functions that name a type `group/Kind` in a table of their own. */
  const naming = (type: string): string[] =>
    sourcesIn('functions')
      .filter(([file, text]) => text.includes(`'${type}'`) && !file.includes('/findings'))
      .map(([file]) => file)

  test.each(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'batch/CronJob'])('%s', (type) => {
    expect(naming(type)).toEqual(['functions/lib/kubernetes/workload-kinds.ts'])
  })
})

test('CONTRIBUTING.md names only files and folders that are there', () => {
  const table = read('CONTRIBUTING.md').split('## Which file for which change')[1]?.split('\n## ')[0] ?? ''
  const paths = [...table.matchAll(/`((?:functions|cli|test)\/[^`<]*)`/g)].map(([, path = '']) => path)
  expect(paths.length).toBeGreaterThan(7)
  for (const path of paths) expect(() => readdirSync(join(root, path.replace(/[^/]*$/, '')))).not.toThrow()
})
