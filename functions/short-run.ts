import { setFlagsFromString } from 'node:v8'

/**
 * For programs that end within a second. They are over before the code that V8 of Node 20 optimises at its usual pace has
 * paid for itself. Later versions have another pace, and not this flag.
 */
export function expectShortRun(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000')
}
