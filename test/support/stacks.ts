import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { layoutOf } from '../../cli/tree/layout.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { kustomize } from './programs.ts'

export const root = join(__dirname, '../..')

const overlays = join(root, 'overlays')

/** The environments that Argo CD deploys, by their folders in `overlays`. */
export const environments: readonly string[] = ['dev', 'production']

/** The stacks of the homelab, by their environments. */
const HOMELAB = ['staging', 'production/homelab']

/** `staging/cert-manager/controllers`: the stacks of the homelab, which Flux installs. */
export const fluxStacks: readonly string[] = HOMELAB.flatMap((list) => [
  ...layoutOf(join(overlays, list)).stacks.values(),
])
  .map((folder) => relative(overlays, folder))
  .sort()

/** `dev/mimir`: every other stack of every environment, found by its folder. */
export const stacks: readonly string[] = environments
  .flatMap((environment) => readdirSync(join(overlays, environment)).map((stack) => `${environment}/${stack}`))
  .filter((stack) => !stack.endsWith('/hardening') && existsSync(join(overlays, stack, 'kustomization.yaml')))
  .filter((stack) => !HOMELAB.includes(stack) && !fluxStacks.some((other) => other.startsWith(`${stack}/`)))
  .sort()
for (const found of [stacks, fluxStacks])
  if (found.length === 0) throw new Error('overlays/: no stack found, so that nothing would be tested')

/** What is built next to the stacks, by its folder: the examples, and what deploys each environment through Argo CD. */
export const examples: readonly string[] = readdirSync(join(root, 'examples'))
  .map((name) => `examples/${name}`)
  .filter((folder) => existsSync(join(root, folder, 'kustomization.yaml')))
export const argocdApplications = (environment: string): string => `integrations/argocd/applications/${environment}`

/** Everything that has a golden rendering. */
export const built: readonly string[] = [...stacks, ...fluxStacks, ...examples, ...environments.map(argocdApplications)]

/** The folder of a stack, or of what is built next to the stacks. */
export const folderOf = (stack: string): string =>
  [...stacks, ...fluxStacks].includes(stack) ? join('overlays', stack) : stack

/** Does it have a policy, or are its objects rendered as they are? */
export function isHardened(stack: string): boolean {
  const folder = join(root, folderOf(stack))
  // Controllers share the policy of their stack, which is next to them.
  return (
    existsSync(join(folder, 'hardening')) ||
    /^- \.\.\/hardening$/m.test(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))
  )
}

/** The objects of a YAML stream as Kustomize prints it. */
export const objectsOf = (yaml: string): KubernetesObject[] =>
  yaml
    .split(/^---$/m)
    .filter((document) => /^[^#\s]/m.test(document))
    .map((document) => readCanonicalYaml(document) as KubernetesObject)

/** What Kustomize hands to the functions of a stack, one ResourceList a call, and what it builds if they change nothing. */
export function buildPlain(stack: string): { inputs: string[]; plain: string } {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'))
  const docker = join(folder, 'docker')
  writeFileSync(docker, `#!/bin/sh\nn=$(ls ${folder} | wc -l)\ntee ${folder}/$n\n`)
  chmodSync(docker, 0o755)
  try {
    const plain = execFileSync(kustomize(), ['build', '--enable-alpha-plugins', join(root, folderOf(stack))], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    })
    const inputs = readdirSync(folder)
      .filter((name) => name !== 'docker')
      .sort((a, b) => Number(a) - Number(b))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
    return { inputs, plain }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What a stack renders: its golden, which stacks.test.ts compares with the rendering. */
export const rendered = (stack: string): string => readFileSync(join(root, 'test/golden', `${stack}.yaml`), 'utf8')

/** What the command line renders. Throws if it fails. */
export const render = (...args: string[]): string =>
  execFileSync('node', [join(root, 'dist/cli.cjs'), 'render', ...args], {
    cwd: root,
    env: { ...process.env, KUSTOMIZE: kustomize() },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
