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

/** Licences that ask only for their text and the names of the authors to be passed on. Of a dual licence, the chosen one counts. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
])
/** Data that only tests and tools read, such as dictionaries, and that is not passed on. */
const DATA = new Set(['CC BY-SA 4.0', 'CC-BY-4.0', 'CC0-1.0', 'WTFPL'])

/** Why the bundles hold the code of a package. Every package is one more to trust. */
const BUNDLED: Readonly<Record<string, string>> = {
  '@kubernetes/client-node': 'reads kubeconfigs and watches a cluster, in status alone, like all that it brings:',
  'agent-base': 'what socks-proxy-agent is made with',
  commander: 'reads the arguments of the command line',
  debug: 'the log of socks-proxy-agent, which is off',
  diff: 'shows what hardening changed',
  'fastest-levenshtein': 'finds the key or name that was probably meant',
  hpagent: 'proxies of a kubeconfig',
  'ip-address': 'addresses in socks',
  jose: 'what openid-client is made with',
  'js-yaml': 'reads the YAML that Kustomize writes, several times faster than yaml',
  'jsonpath-plus': 'finds the token in what the programs of old kubeconfigs print',
  ms: 'times in debug',
  'node-fetch': 'the watches of client-node',
  oauth4webapi: 'what openid-client is made with',
  'openid-client': 'renews tokens of OpenID Connect in a kubeconfig',
  'p-limit': 'builds as many stacks at once as there are cores',
  picocolors: 'colours what the command line prints',
  rfc4648: 'base64 in what openid-client gets',
  semver: 'reads ranges of image policies, and compares versions, in check and outdated alone',
  'smart-buffer': 'the messages of socks',
  socks: 'proxies of SOCKS in a kubeconfig',
  'socks-proxy-agent': 'proxies of SOCKS in a kubeconfig',
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

describe.each(['functions', 'cli', 'cluster', 'argocd', 'index'])('dist/%s.cjs', (bundle) => {
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
