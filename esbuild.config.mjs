import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

/** Parts of libraries that nothing here calls, and that would be read at every start: they are empty in the bundles. */
const UNUSED = /\/(?:js-yaml\/lib\/dumper|yaml\/dist\/parse\/cst-(?:scalar|visit))\.js$/
const withoutUnused = {
  name: 'without unused parts',
  setup: (esbuild) => esbuild.onLoad({ filter: UNUSED }, () => ({ contents: '' })),
}

/** The client of Kubernetes is a bundle of its own, which `status` alone loads. */
const lazyCluster = {
  name: 'lazy cluster',
  setup: (esbuild) =>
    esbuild.onResolve({ filter: /\/status\/cluster\.ts$/ }, () => ({ path: './cluster.cjs', external: true })),
}

// One file each, so that an image, a sidecar or a laptop needs nothing but Node.
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir: 'dist',
  legalComments: 'none',
  // Its entry for `import` is one file, of which no part can be left out.
  alias: { 'js-yaml': './node_modules/js-yaml/index.js' },
  plugins: [withoutUnused],
  logLevel: 'warning',
}
const program = { banner: { js: '#!/usr/bin/env node' } }

const bundles = {
  functions: { ...program, entryPoints: { functions: 'functions/main.ts' }, minify: true },
  // What the image runs, so that the bundle above need not be compiled there.
  'warm-start': { entryPoints: { 'warm-start': 'functions/warm-start.ts' }, minify: true },
  cli: {
    ...program,
    entryPoints: { cli: 'cli/main.ts' },
    loader: { '.sh': 'text' },
    plugins: [withoutUnused, lazyCluster],
  },
  // Node has the URL that node-fetch would take from whatwg-url.
  cluster: {
    entryPoints: { cluster: 'cli/status/cluster.ts' },
    alias: { ...common.alias, 'whatwg-url': 'node:url' },
    // Colours for a log that nobody asks for.
    external: ['supports-color'],
    minify: true,
  },
  // What the plugin of Argo CD runs.
  argocd: { ...program, entryPoints: { argocd: 'integrations/argocd/generate.ts' } },
  // For those who embed the functions.
  index: { entryPoints: { index: 'functions/index.ts' } },
  // What writes schemas, documentation and packages: `npm run update`.
  generate: { entryPoints: { generate: 'tools/generate/main.ts' } },
  // For bench: how `render` finds Kustomize.
  kustomize: { entryPoints: { kustomize: 'cli/kustomize/find.ts' } },
  // What the release workflow asks: tags and the bill of materials.
  release: { entryPoints: { release: 'tools/release/main.ts' } },
}

// All of them, or those that are named: the image is built from the functions alone.
const named = process.argv.slice(2)
const packages = new Set()
for (const name of named.length > 0 ? named : Object.keys(bundles)) {
  const { metafile } = await build({ ...common, ...bundles[name], metafile: true })
  await chmod(`dist/${name}.cjs`, 0o755)
  // What is in the bundle: the bill of materials lists it.
  await writeFile(`dist/${name}.meta.json`, JSON.stringify(metafile))
  for (const input of Object.keys(metafile.inputs)) packages.add(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
}
packages.delete(undefined)

// Licences ask that whoever gets the code of a package gets its licence with it.
const licences = [...packages].sort().map(async (folder) => {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${folder}: expected the text of its licence, ${license}`)
  return `${name} ${version} (${license})\n\n${await readFile(`${folder}/${file}`, 'utf8')}`
})
await writeFile('dist/THIRD-PARTY-LICENSES.txt', (await Promise.all(licences)).join('\n---\n\n'))
