import { catalog } from '../../functions/catalog.ts'
import { circles, importedBy, importsOfFiles, importsOfShelves } from './imports.ts'

const files = importsOfFiles()

/** The floors of functions/lib from the ground up: each imports those below it; loose files of lib are below all. */
const FLOORS = ['kubernetes', 'operators', 'framework', 'charts', 'flows', 'yaml', 'resource-list', 'runner']
/** Flows know nothing of YAML, and YAML nothing of flows. */
const APART: readonly (readonly [string, string])[] = [['yaml', 'flows']]

const floorOf = (file: string): string | undefined => /^functions\/lib\/([^/]+)\//.exec(file)?.[1]
const functionOf = (file: string): string | undefined =>
  catalog.map(({ name }) => name).find((name) => file.startsWith(`functions/${name}/`))

/** Why a file must not import another; undefined where it may. */
function forbidden(from: string, to: string): string | undefined {
  const [own, other] = [functionOf(from), functionOf(to)]
  if (own && other && own !== other) return 'a function imports another'
  if (own && !other && !to.startsWith('functions/lib/')) return 'a function imports what is above it'
  if (from.startsWith('functions/') && !/^(?:functions\/|package\.json$)/.test(to)) return 'functions import upwards'
  if (!from.startsWith('functions/lib/')) return undefined
  // package.json is data: the published image has its version.
  if (to === 'package.json') return undefined
  if (!to.startsWith('functions/lib/')) return 'lib imports what is above it'
  const [upper = '', lower = ''] = [floorOf(from) ?? '', floorOf(to) ?? '']
  const isUpwards = FLOORS.indexOf(lower) > FLOORS.indexOf(upper)
  return isUpwards || APART.some((pair) => pair.includes(upper) && pair.includes(lower) && upper !== lower)
    ? `${upper || 'a loose file of lib'} imports ${lower}`
    : undefined
}

test('nothing imports upwards, and no function another', () => {
  const violations = [...files].flatMap(([from, imported]) =>
    imported.flatMap((to) => {
      const why = forbidden(from, to)
      return why ? [`${why}: ${from} imports ${to}`] : []
    }),
  )
  expect(violations).toEqual([])
})

test('every floor of lib has a place in the order', () => {
  const floors = new Set([...files.keys()].flatMap((file) => floorOf(file) ?? []))
  expect([...floors].sort()).toEqual([...FLOORS].sort())
})

test('no files import each other in a circle', () => {
  expect(circles(files)).toEqual([])
})

test('no shelves import each other in a circle', () => {
  expect(circles(importsOfShelves(files))).toEqual([])
})

describe('these checks', () => {
  test('see every way to import', () => {
    const text = `import { a } from './a.ts'
import type { B } from '../b.ts'
import {
  c,
} from '../lib/c.ts'
export { d } from './d.ts'
const e = await import('./e.ts')
import * as z from 'zod/mini'
`
    const found = ['f/x/a.ts', 'f/b.ts', 'f/lib/c.ts', 'f/x/d.ts', 'f/x/e.ts']
    expect(importedBy('f/x/x.ts', text)).toEqual(found)
  })

  test('read the whole code base', () => {
    expect(files.size).toBeGreaterThan(250)
    const imported = [...files.values()].flat().filter((path) => path.endsWith('.ts'))
    expect(imported.filter((path) => !files.has(path))).toEqual([])
  })

  test.each([
    ['functions/istio-hardening/transform.ts', 'functions/replication-factor/config.ts', 'a function imports another'],
    ['functions/istio-hardening/mesh/member.ts', 'functions/catalog.ts', 'a function imports what is above it'],
    ['functions/lib/kubernetes/pods.ts', 'functions/lib/framework/config.ts', 'kubernetes imports framework'],
    ['functions/lib/input-error.ts', 'functions/lib/yaml/unshare.ts', 'a loose file of lib imports yaml'],
    ['functions/lib/yaml/unshare.ts', 'functions/lib/flows/flow.ts', 'yaml imports flows'],
    ['functions/lib/runner/run.ts', 'functions/hardening/plan.ts', 'lib imports what is above it'],
    ['functions/catalog.ts', 'cli/main.ts', 'functions import upwards'],
  ])('refuse that %s imports %s', (from, to, why) => {
    expect(forbidden(from, to)).toBe(why)
  })

  test.each([
    ['functions/lib/runner/run.ts', 'functions/lib/kubernetes/objects.ts'],
    ['functions/istio-hardening/mesh/member.ts', 'functions/lib/flows/flow.ts'],
    ['cli/main.ts', 'functions/hardening/plan.ts'],
  ])('allow that %s imports %s', (from, to) => {
    expect(forbidden(from, to)).toBeUndefined()
  })

  test('find a circle, however long', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
      ['e', ['a']],
    ])
    expect(circles(imports)).toEqual([['a', 'b', 'c']])
  })
})
