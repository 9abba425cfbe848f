const { transformSync } = require('esbuild')

// Jest loads CommonJS; esbuild, which bundles the functions, also reads the types away here.
module.exports = {
  process: (source, filename) =>
    transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      supported: { 'dynamic-import': false },
      sourcefile: filename,
      sourcemap: 'inline',
    }),
}
