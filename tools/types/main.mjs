// `npm run types`: writes to dist/types the declarations that functions/index.ts leads to, and no others. They must import
// no package, so that a strict TypeScript user needs none.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const EMITTED = 'node_modules/.cache/krm-hardening/types/functions'
const PUBLISHED = 'dist/types'
const SPECIFIER = /(?<=from '|import\('|import ')[^']+(?=')/g

rmSync(EMITTED, { recursive: true, force: true })
rmSync(PUBLISHED, { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'tools/types'], { stdio: 'inherit' })

const files = ['index.d.ts']
for (const file of files) {
  const text = readFileSync(join(EMITTED, file), 'utf8').replaceAll(SPECIFIER, (specifier) => {
    if (!specifier.startsWith('.'))
      throw new Error(`${file} imports ${specifier}, expected published types to import no package`)
    const imported = join(dirname(file), specifier.replace(/\.ts$/, '.d.ts'))
    if (!files.includes(imported)) files.push(imported)
    return specifier.replace(/\.ts$/, '.js')
  })
  mkdirSync(dirname(join(PUBLISHED, file)), { recursive: true })
  writeFileSync(join(PUBLISHED, file), text)
}
