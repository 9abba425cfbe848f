const { readFileSync } = require('node:fs')
const { transformSync } = require('esbuild')

// Jest loads CommonJS. esbuild, which also bundles the functions, makes it from TypeScript.
// The shell scripts that esbuild embeds are text. Jest hands them over without their first line.
module.exports = {
  process: (source, filename) =>
    transformSync(filename.endsWith('.sh') ? `export default ${JSON.stringify(readFileSync(filename, 'utf8'))}` : source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      supported: { 'dynamic-import': false },
      sourcefile: filename,
      sourcemap: 'inline',
    }),
}
