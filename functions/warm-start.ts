import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { expectShortRun } from './short-run.ts'

// What the image runs: functions.cjs next to it, with the code that V8 kept of a run while the image was built. Code of
// another V8, or under other flags, is refused, and the bundle is then compiled as usual.
//
// Two words are for whoever builds the image: `keep` runs the functions and keeps the code, `is-warm` tells by the exit
// code whether V8 takes what was kept.

// V8 keeps code for the flags that are set then.
expectShortRun()

const bundle = join(__dirname, 'functions.cjs')
const kept = join(__dirname, 'functions.v8')

const [word] = process.argv.slice(2)
// The bundle is ASCII: esbuild escapes all else.
const source = readFileSync(bundle, 'latin1').replace(/^#!.*/, '')
const script = new Script(`(function (require, module, exports) {${source}\n})`, {
  filename: bundle,
  ...(word !== 'keep' && { cachedData: readFileSync(kept) }),
})

if (word === 'is-warm') process.exitCode = script.cachedDataRejected ? 1 : 0
else {
  // After the run, so that the functions that it compiled are kept too.
  if (word === 'keep') process.on('exit', () => writeFileSync(kept, script.createCachedData()))
  script.runInThisContext()(require, module, exports)
}
