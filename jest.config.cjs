const common = {
  testEnvironment: 'node',
  transform: { '\\.(ts|sh)$|/node_modules/(p-limit|yocto-queue)/': '<rootDir>/test/support/esbuild-transform.cjs' },
  // Modules of ECMAScript alone, which Jest does not load as they are.
  transformIgnorePatterns: ['/node_modules/(?!p-limit/|yocto-queue/)'],
}

// `unit` needs Node and one way to build with Kustomize; `e2e` runs the real programs that .ci/run installs.
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testEnvironment: '<rootDir>/test/support/kept-modules/environment.cjs',
      runtime: '<rootDir>/test/support/kept-modules/runtime.cjs',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
      setupFiles: ['<rootDir>/test/support/quick-kustomize.cjs'],
    },
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
  ],
  testTimeout: 300_000,
  reporters: ['default', '<rootDir>/test/support/count-reporter.cjs'],
}
