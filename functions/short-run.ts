/**
 * For programs that end within a second. They end before the code that V8 of Node 20 optimises has
 * paid for its compilation. Later versions optimise at another pace and do not have this flag.
 */
export function expectShortRun(): void {
  if (!process.versions.v8.startsWith('11.')) return
  // Loaded on first use, because later versions do without.
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8')
  setFlagsFromString('--interrupt-budget=1000000')
}
