module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  transform: { '\\.ts$': '<rootDir>/test/esbuild-transform.cjs' },
  testTimeout: 300_000,
  reporters: ['default', '<rootDir>/test/count-reporter.cjs'],
}
