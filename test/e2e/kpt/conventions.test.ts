import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUNDLE, edit, filesOf, resultsIn, Workspace } from './lib/kpt.ts'

// The conventions of a repository for Flux as a validator, and with `fix` as a mutator, in the pipeline of a Kptfile.
const workspace = new Workspace()
afterAll(() => workspace.remove())

const KUSTOMIZATION = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop
  namespace: flux-system
spec:
  commonMetadata:
    labels:
      app.kubernetes.io/name: shop
  interval: 1h # one tier
  path: ./apps/web/shop/app
  prune: true # nothing stays
  retryInterval: 2m
  sourceRef:
    kind: GitRepository
    name: flux-system
    namespace: flux-system
  targetNamespace: web
  timeout: 5m
  wait: true
`

/** A package with one Kustomization of Flux, checked by a pipeline. */
function packageWith(step: 'validators' | 'mutators', spec: string): string {
  const folder = mkdtempSync(join(workspace.folder, 'flux-'))
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
  write(
    'Kptfile',
    `apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: shop
  annotations:
    config.kubernetes.io/local-config: "true"
pipeline:
  ${step}:
  - exec: ${BUNDLE}
    configPath: conventions.yaml
`,
  )
  write(
    'conventions.yaml',
    `apiVersion: krm-hardening.dev/v1alpha1
kind: FluxConventions
metadata:
  name: conventions
  annotations:
    config.kubernetes.io/local-config: "true"
spec: ${spec}
`,
  )
  mkdirSync(join(folder, 'apps'))
  write('apps/ks.yaml', KUSTOMIZATION)
  workspace.git(folder, 'init', '--quiet')
  workspace.commit(folder)
  return folder
}

function render(folder: string) {
  workspace.commit(folder)
  const results = mkdtempSync(join(workspace.folder, 'results-'))
  const { status } = workspace.render(folder, 'exec', '--results-dir', results)
  return { status, changes: workspace.changes(folder), results: resultsIn(results) }
}

const change = (folder: string, from: string, to: string): void =>
  edit(join(folder, 'apps/ks.yaml'), (text) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  })

test('a validator passes a package that keeps the conventions', () => {
  const { status, changes, results } = render(packageWith('validators', '{}'))
  expect([status, changes, results.map(({ exitCode }) => exitCode)]).toEqual([0, [], [0]])
})

test('a validator refuses any other, changes nothing, and names the rule and the object', () => {
  const folder = packageWith('validators', '{}')
  change(folder, 'timeout: 5m', 'timeout: soon')
  const { status, changes, results } = render(folder)
  expect([status, changes]).toEqual([1, []])
  expect(results).toMatchObject([
    {
      exitCode: 1,
      results: [
        {
          severity: 'error',
          resourceRef: { kind: 'Kustomization', name: 'shop' },
          tags: { function: 'flux-conventions', rule: 'schema' },
        },
      ],
    },
  ])
})

test('a mutator with `fix` repairs what is safe in the files, and keeps their comments', () => {
  const folder = packageWith('mutators', '{fix: true}')
  change(folder, '  prune: true # nothing stays\n', '  prune: false # nothing stays\n')
  change(folder, '  timeout: 5m\n', '')
  expect(render(folder).status).toBe(0)
  const text = filesOf(folder).get('apps/ks.yaml')
  expect(text).toContain('  interval: 1h # one tier\n')
  expect(text).toContain('  prune: true # nothing stays\n')
  expect(text).toContain('  timeout: 5m\n')
  expect(render(folder)).toMatchObject({ status: 0, changes: [] })
})
