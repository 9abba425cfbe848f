import { chmod } from 'node:fs/promises'
import { build } from 'esbuild'

// One file each, so that an image, a sidecar or a laptop needs nothing but Node.
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir: 'dist',
  legalComments: 'none',
  logLevel: 'warning',
}

await build({
  ...common,
  entryPoints: { functions: 'functions/main.ts' },
  minify: true,
  banner: { js: '#!/usr/bin/env node' },
})
await chmod('dist/functions.cjs', 0o755)

await build({
  ...common,
  entryPoints: { cli: 'cli/main.ts' },
  loader: { '.sh': 'text' },
  banner: { js: '#!/usr/bin/env node' },
})
await chmod('dist/cli.cjs', 0o755)

// For those who embed the functions, and for the project's own generated files.
await build({
  ...common,
  entryPoints: { index: 'functions/index.ts', generate: 'schemas/main.ts' },
})
