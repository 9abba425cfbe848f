const common = {
  testEnvironment: 'node',
  transform: { '\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
}

// `unit` needs Node and one way to build with Kustomize; `e2e` runs the real programs that .ci/run installs.
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
    },
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
  ],
  testTimeout: 300_000,
  reporters: ['default', '<rootDir>/test/support/count-reporter.cjs'],
}
