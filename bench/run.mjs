// `npm run bench [-- --json]`: speed as ratios to what nobody can avoid, next to the goals.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import kustomizeOfRender from '../dist/kustomize.cjs'
import { fluxTree } from './flux-tree.mjs'
import { customResourceDefinitions, policy, resourceList } from './inputs.mjs'
import { measure, median, ratio } from './measure.mjs'

const root = join(import.meta.dirname, '..')
const asJson = process.argv.includes('--json')
const say = (line) => process.stderr.write(`${line}\n`)
// The one that `render` would use.
const { build: kustomizeBuild } = await kustomizeOfRender.findKustomize(process.env, say)
const runs = Number(process.env.RUNS ?? 5)
// Kustomize takes no absolute paths, so the trees that are measured stand within the project.
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
const work = mkdtempSync(join(root, 'node_modules/.cache/bench-'))
process.on('exit', () => rmSync(work, { recursive: true }))

/** A folder with a program called docker that is this command. */
function engine(name, command) {
  const folder = join(work, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\nexec ${command}\n`)
  chmodSync(join(folder, 'docker'), 0o755)
  return { PATH: `${folder}:${process.env.PATH}` }
}

const cat = join(work, 'cat')
const compiled = spawnSync('cc', ['-O2', '-o', cat, join(root, 'bench/cat.c')], { encoding: 'utf8' })
/** Why there is no cat to compare with; undefined where there is one. */
const withoutCat =
  compiled.status === 0
    ? undefined
    : `no C compiler: ${compiled.error?.message ?? compiled.stderr}; apt-get install gcc libc6-dev`
const withCat = engine('with-cat', cat)
const withFunctions = engine('with-functions', `node ${join(root, 'dist/functions.cjs')}`)

const build = (folder, env = {}) => ({
  command: `${kustomizeBuild.join(' ')} ${folder}`,
  env: { GOGC: '400', ...env },
})

/** The kustomization of a folder with other transformers, in a folder of its own; its paths lead where they led. */
function variant(name, source, transformers) {
  const from = join(root, source)
  const folder = join(work, name)
  mkdirSync(folder)
  const kustomization = parse(readFileSync(join(from, 'kustomization.yaml'), 'utf8'))
  const there = (path) => relative(folder, join(from, path))
  const resources = kustomization.resources.map(there)
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    JSON.stringify({
      ...kustomization,
      resources,
      transformers: transformers.map((one) => (one.startsWith('{') ? one : there(one))),
    }),
  )
  return folder
}

/** Policies that do nothing, in place of the stack's own: what five transformers cost Kustomize. */
const cats = Array.from({ length: 5 }, (_, index) => {
  const annotations = { 'config.kubernetes.io/function': 'container: {image: cat}' }
  const metadata = { name: `cat-${index}`, annotations }
  return JSON.stringify({ apiVersion: 'krm-hardening.dev/v1alpha1', kind: 'Hardening', metadata })
})

/** A stack with its policy, with transformers that do nothing, and with none. */
function forms(name, source, policy) {
  const hardened = variant(`${name}-hardened`, source, [policy])
  return {
    hardened: build(hardened, withFunctions),
    oneCat: build(hardened, withCat),
    fiveCats: build(variant(`${name}-five-cats`, source, cats), withCat),
    none: build(variant(`${name}-none`, source, [])),
  }
}

const rows = []
const row = (what, goal, measured, unit = '×') => {
  rows.push({ what, goal, measured: Number(measured.toFixed(2)), unit, reached: measured <= goal })
  say(`${what}: ${measured.toFixed(2)} ${unit}`)
}
/** A row that this machine cannot measure. */
const notMeasured = (what, why) => {
  rows.push({ what, notMeasured: why })
  say(`NOT MEASURED: ${what}: ${why}`)
}
/** A comparison with the C cat. */
const catRow = (what, goal, a, b) =>
  withoutCat ? notMeasured(what, withoutCat) : row(what, goal, ratio(a, b, { runs }))

const mimir = forms('mimir', 'overlays/dev/mimir', 'hardening')
catRow('mimir, five functions ÷ one C cat', 0.9, mimir.hardened, mimir.oneCat)
catRow('mimir, five functions ÷ five C cats', 0.25, mimir.hardened, mimir.fiveCats)
row('mimir, five functions ÷ no transformer', 1.8, ratio(mimir.hardened, mimir.none, { runs }))

const crds = join(work, 'crds')
mkdirSync(crds)
writeFileSync(join(crds, 'crds.yaml'), customResourceDefinitions(2.6e6))
writeFileSync(join(crds, 'kustomization.yaml'), 'resources: [crds.yaml]\n')
const operator = forms('tidb', 'overlays/dev/tidb-operator/operator', '../hardening')
/** CRDs next to a stack, where no transformer reads them. */
const nextTo = (name, { env }) => {
  const folder = join(work, `${name}-with-crds`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources: [`../${name}`, '../crds'] }))
  return build(folder, env)
}
row(
  'tidb-operator with 2.6 MB of CRDs, five functions ÷ none',
  1.2,
  ratio(nextTo('tidb-hardened', operator.hardened), nextTo('tidb-none', operator.none), { runs }),
)

// What Kustomize hands over of mimir, kept by an engine that passes it on.
const handedOver = join(work, 'mimir.yaml')
execFileSync('bash', ['-c', mimir.hardened.command], {
  env: { ...process.env, ...engine('with-tee', `tee ${handedOver}`) },
  stdio: ['ignore', 'ignore', 'inherit'],
})
const functions = `node ${join(root, 'dist/functions.cjs')}`
const start = { command: 'node -e 0' }
const input = (count) => {
  const file = join(work, `${count}.yaml`)
  writeFileSync(file, resourceList(count, policy(count)))
  return file
}
row(
  'the functions alone on what Kustomize hands over of mimir ÷ node -e 0',
  1.8,
  ratio({ command: `${functions} < ${handedOver}` }, start, { runs: runs * 2 }),
)
const tenThousand = `node -r ${join(root, 'bench/peak.cjs')} ${join(root, 'dist/functions.cjs')} < ${input(10_000)}`
const samples = Array.from({ length: runs }, () => measure(tenThousand))
row('10,000 objects, five functions', 1, median(samples.map(({ cpu }) => cpu)), 's CPU')
row('10,000 objects, five functions, peak memory', 250, median(samples.map(({ memory }) => memory)), 'MB')
row(
  '20,000 objects ÷ 10,000',
  2.2,
  ratio({ command: `${functions} < ${input(20_000)}` }, { command: `${functions} < ${input(10_000)}` }, { runs }),
)
row('size of the bundle', 400, statSync(join(root, 'dist/functions.cjs')).size / 1024, 'KB')

// A repository for Flux with sixty apps: all of it, and after one change, as the hook of a commit would.
const sixty = fluxTree(root, join(work, 'sixty'), 60)
const [kustomizeProgram, subcommand] = kustomizeBuild
const fluxEnv = {
  XDG_CACHE_HOME: join(sixty.folder, 'cache'),
  ...(subcommand === 'build' && { KUSTOMIZE: kustomizeProgram }),
}
const flux = `node ${join(root, 'dist/cli.cjs')} flux ${sixty.folder}`
row('flux, 60 apps', 20, measure(flux, fluxEnv).wall, 's')
const afterChanges = Array.from({ length: runs }, (_, index) => {
  writeFileSync(sixty.changed, readFileSync(sixty.changed, 'utf8').replace(/interval: \d+m/, `interval: ${index + 1}m`))
  return measure(flux, fluxEnv).wall
})
row('flux, 60 apps, after one change', 2, median(afterChanges), 's')

const wholeEnvironment = join(root, 'overlays/dev')
const image = /image: (\S+)/.exec(readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8'))[1]
const inspected = spawnSync('docker', ['image', 'inspect', '--format', '{{.Size}}', image], { encoding: 'utf8' })
if (inspected.status === 0) {
  const rendered = { command: `node ${join(root, 'dist/cli.cjs')} render ${wholeEnvironment}` }
  const inEngine = { command: `docker run --rm -i --network none --user nobody ${image} < ${handedOver}` }
  row(
    'render overlays/dev ÷ kustomize build with an engine',
    0.25,
    ratio(rendered, build(wholeEnvironment), { runs, by: 'wall' }),
  )
  const started = ratio(inEngine, { command: `${functions} < ${handedOver}` }, { runs, by: 'wall' })
  const what = 'a container of the image ÷ the functions without one, wall'
  rows.push({ what, measured: Number(started.toFixed(2)), unit: '×' })
  rows.push({ what: 'size of the image', measured: Math.round(Number(inspected.stdout) / 1e6), unit: 'MB' })
} else notMeasured('the image, and render ÷ kustomize build with an engine', `docker has no ${image}`)

if (asJson) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
// biome-ignore lint/suspicious/noConsole: the table is what this program is for
else console.table(rows)
