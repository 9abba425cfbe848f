import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { CLI, edit, folder, program, removeFolders } from '../../cli/lib/command-line.ts'
import { builtWithGo, flux, kustomizeProgram, TIME_TO_BUILD } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { objectsOf, root } from '../../support/stacks.ts'
import { runStep, stepOf } from '../release/lib/steps.ts'

// The five steps of docs/flux.md, as they are written there, on a repository that Flux installs already.
const page = readFileSync(join(root, 'docs/flux.md'), 'utf8')
const tree = folder()
const bin = folder()
const at = (...path: string[]): string => join(tree, ...path)

/** The code blocks of the step with a number, of one language. */
const blocksOf = (step: number, language: string): string[] => {
  const section = page.split(new RegExp(`^### ${step}\\. `, 'm'))[1]?.split(/^##+ /m)[0] ?? ''
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, of]) => of === language)
    .map(([, , text = '']) => text)
}

/** Writes the files of a step: the first line of each block is its path. */
function write(step: number): void {
  for (const text of blocksOf(step, 'yaml')) {
    const [, path = ''] = /^# (\S+)\n/.exec(text) ?? []
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
  }
}

const PATH = `${bin}:${process.env.PATH}`
/** Runs the shell of a step. Gives what it printed; throws where a command of it fails. */
const runShell = (step: number): string =>
  blocksOf(step, 'sh')
    .map((input) =>
      execFileSync('bash', ['-e'], {
        cwd: tree,
        input,
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, PATH, KUSTOMIZE: kustomizeProgram() },
      }),
    )
    .join('')

let registry: Registry

beforeAll(async () => {
  registry = await startRegistry([])
  const helm = builtWithGo('helm.sh/helm/v3/cmd/helm', 'v3.18.6', 'The tests of HelmReleases need helm')
  for (const [name, target] of Object.entries({ helm, kustomize: kustomizeProgram(), flux: flux() }))
    symlinkSync(target, join(bin, name))
  program(join(bin, 'krm-hardening'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
  const package_ = folder()
  execFileSync(helm, ['package', join(__dirname, 'chart'), '--destination', package_], { stdio: 'pipe' })
  execFileSync(helm, ['push', join(package_, 'web-1.0.0.tgz'), `oci://${registry.address}/charts`, '--plain-http'], {
    stdio: 'pipe',
  })
  cpSync(join(__dirname, 'stranger'), tree, { recursive: true })
  execFileSync('git', ['init', '--quiet'], { cwd: tree })
  edit(at('apps/base/web/source.yaml'), (text) => text.replace('REGISTRY', registry.address))
}, TIME_TO_BUILD)
afterAll(async () => {
  await registry.stop()
  removeFolders()
})

const releaseIn = (text: string): KubernetesObject | undefined =>
  objectsOf(text).find(({ kind }) => kind === 'HelmRelease')

// Each test goes on where the one before ended.
describe('the five steps', () => {
  test('1: the policy is written', () => {
    write(1)
    expect(existsSync(at('hardening/policy.yaml'))).toBe(true)
  })

  test('2: each environment has its lock, with its own values, and builds with the policy', () => {
    const said = runShell(2)
    for (const [environment, replicas] of Object.entries({ staging: 2, production: 3 })) {
      expect(said).toContain(`apps/${environment}/app.lock.yaml: new: oci://${registry.address}/charts/web 1.0.0\n`)
      const [lock] = objectsOf(readFileSync(at('apps', environment, 'app.lock.yaml'), 'utf8'))
      const locked = valueAt(lock, ['spec', 'objects']) as KubernetesObject[]
      expect(locked.find(({ kind }) => kind === 'Deployment')).toMatchObject({ spec: { replicas } })
    }
  })

  test('3: the diff shows the post-renderer, and the tree is proven', () => {
    const said = runShell(3)
    expect(said).toContain('+  postRenderers:\n')
    expect(said).toContain('apps/staging: hardened (')
    expect(said).toContain('1 flows match\n')
    const file = readFileSync(at('rendered/apps/staging/manifests.yaml'), 'utf8')
    expect(valueAt(releaseIn(file), ['spec', 'postRenderers', 0, 'kustomize', 'patches'])).toBeDefined()
    expect(file).not.toContain('krm-hardening.dev/v1alpha1')
  })

  test('4: the workflow renders the same, and pushes it', () => {
    const workflow = 'integrations/flux/push-artifact.yaml'
    const before = readFileSync(at('rendered/apps/staging/manifests.yaml'), 'utf8')
    const checkout = folder()
    execFileSync('git', ['init', '--quiet', checkout])
    cpSync(at('apps'), join(checkout, 'apps'), { recursive: true })
    cpSync(at('hardening'), join(checkout, 'hardening'), { recursive: true })
    const npx = `shift 2; exec '${process.execPath}' '${CLI}' "$@"`
    const environments = {
      ENVIRONMENTS: 'apps/staging apps/production',
      KRM_HARDENING: 'x',
      KUSTOMIZE: kustomizeProgram(),
    }
    expect(runStep(stepOf(workflow, 'Render, and prove it'), { npx }, environments, checkout)).toMatchObject({
      status: 0,
    })
    expect(readFileSync(join(checkout, 'rendered/apps/staging/manifests.yaml'), 'utf8')).toBe(before)
    const push = runStep(
      stepOf(workflow, 'Push, sign, then tag'),
      { flux: `exec '${flux()}' "$@"`, cosign: '' },
      {
        GITHUB_REPOSITORY: 'example/fleet',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REF_NAME: 'main',
        GITHUB_SHA: '0123',
        COMPONENT: 'apps',
        REGISTRY: registry.address,
        FOLLOWED: 'latest',
      },
      checkout,
    )
    expect(push).toMatchObject({ status: 0 })
  })

  test('5: what Flux builds from the artifact is what was rendered', () => {
    write(5)
    const [source, kustomization] = parseAllDocuments(readFileSync(at('clusters/staging/apps.yaml'), 'utf8')).map(
      (document) => document.toJS() as KubernetesObject,
    )
    const url = String(valueAt(source, ['spec', 'url'])).replace('ghcr.io', registry.address)
    const pulled = folder()
    execFileSync(
      flux(),
      ['pull', 'artifact', `${url}:${valueAt(source, ['spec', 'ref', 'tag'])}`, `--output=${pulled}`],
      {
        stdio: 'pipe',
      },
    )
    const file = join(folder(), 'kustomization.yaml')
    writeFileSync(file, JSON.stringify(kustomization))
    const path = join(pulled, String(valueAt(kustomization, ['spec', 'path'])))
    const built = execFileSync(
      flux(),
      ['build', 'kustomization', 'apps', '--dry-run', `--path=${path}`, `--kustomization-file=${file}`],
      { encoding: 'utf8', stdio: 'pipe' },
    )
    const rendered = readFileSync(at('rendered/apps/staging/manifests.yaml'), 'utf8')
    expect(valueAt(releaseIn(built), ['spec'])).toEqual(valueAt(releaseIn(rendered), ['spec']))
    expect(objectsOf(built)).toHaveLength(objectsOf(rendered).length)
  })
})

/** The Kustomizations of a section, each as Flux builds it from a folder, without what a cluster would substitute. */
test('controllers and configs of one artifact build, one after the other', () => {
  const section = page.split('## Controllers before configs')[1] ?? ''
  const [, text = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(section) ?? []
  const kustomizations = parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject)
    .filter(({ kind }) => kind === 'Kustomization')
  expect(kustomizations.map(({ metadata }) => metadata.name)).toEqual([
    'cert-manager-controllers',
    'cert-manager-configs',
  ])
  const target = folder()
  execFileSync(process.execPath, [CLI, 'render', 'overlays/staging/cert-manager', '--output', target], {
    cwd: root,
    stdio: 'pipe',
    env: { ...process.env, KUSTOMIZE: kustomizeProgram() },
  })
  const kinds = kustomizations.map((kustomization) => {
    const file = join(folder(), 'kustomization.yaml')
    writeFileSync(file, JSON.stringify(kustomization))
    const path = join(target, 'cert-manager', String(valueAt(kustomization, ['spec', 'path'])))
    const name = kustomization.metadata.name
    return objectsOf(
      execFileSync(
        flux(),
        [
          'build',
          'kustomization',
          name,
          '--namespace=infra',
          '--dry-run',
          `--path=${path}`,
          `--kustomization-file=${file}`,
        ],
        {
          encoding: 'utf8',
          stdio: 'pipe',
        },
      ),
    ).map(({ kind }) => kind)
  })
  expect(kinds[0]).toEqual(expect.arrayContaining(['HelmRelease', 'Namespace', 'NetworkPolicy', 'OCIRepository']))
  expect(kinds[1]).toEqual(['ClusterIssuer'])
})
