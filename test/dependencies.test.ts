import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './support/stacks.ts'

interface Package {
  version: string
  license?: string
  hasInstallScript?: boolean
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Package> }
const installed = Object.entries(packages).filter(([folder]) => folder !== '')

/** The licences that ask for nothing but their own text and names. A dual licence counts by the one that is chosen. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
])
/** Data that only tests and tools read, such as dictionaries, and that nothing here passes on. */
const DATA = new Set(['CC BY-SA 4.0', 'CC-BY-4.0', 'CC0-1.0', 'WTFPL'])

/** Why the bundles hold the code of a package. A package more is a package to trust more. */
const BUNDLED: Readonly<Record<string, string>> = {
  commander: 'reads the arguments of the command line',
  diff: 'shows what hardening changed',
  'fastest-levenshtein': 'finds the key or name that was probably meant',
  'js-yaml': 'reads the YAML that Kustomize writes, several times faster than yaml',
  'p-limit': 'builds as many stacks at once as there are cores',
  picocolors: 'colours what the command line prints',
  semver: 'reads ranges of image policies, and compares versions, in check and outdated alone',
  'yocto-queue': 'the queue of p-limit',
  yaml: 'reads and edits the YAML of people, with its comments',
  zod: 'schema, types, defaults and documentation of every functionConfig',
}

const isAllowed = (license: string): boolean =>
  license
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((one) => ALLOWED.has(one) || DATA.has(one))

test('every package that is installed has a licence of the list', () => {
  expect(installed.length).toBeGreaterThan(100)
  expect(installed.filter(([, { license = 'none' }]) => !isAllowed(license)).map(([folder]) => folder)).toEqual([])
})

describe.each(['functions', 'cli', 'argocd', 'index'])('dist/%s.cjs', (bundle) => {
  const { inputs } = JSON.parse(read(`dist/${bundle}.meta.json`)) as { inputs: Record<string, unknown> }
  const names = Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])

  test('holds no package without a reason, and none whose licence must not be passed on', () => {
    for (const name of new Set(names)) {
      expect(Object.keys(BUNDLED)).toContain(name)
      expect(ALLOWED).toContain(packages[`node_modules/${name}`]?.license)
    }
  })

  test('comes with the licences of its packages', () => {
    const licences = read('dist/THIRD-PARTY-LICENSES.txt')
    for (const name of new Set(names))
      expect(licences).toContain(`${name} ${packages[`node_modules/${name}`]?.version} (`)
  })
})

test('no package runs a program of its own when it is installed', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
})
