import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../../../cli/lib/command-line.ts'
import { root } from '../../../support/stacks.ts'
import { overlayByProgram } from '../../exec/lib/overlay.ts'
import { build, HARDENED, pinnedBuild, printed, REFUSAL } from '../lib/build.ts'
import { KUSTOMIZES, type Program } from '../lib/programs.ts'
import { failed, NO_IMAGE, type Row, SAME_BYTES } from '../lib/row.ts'

const FLAGS = ['--enable-alpha-plugins', '--enable-exec']

/** A small overlay whose policy names the executable, and the executable next to it. */
function byProgram(policy: string, mode = 0o755): string {
  const overlay = folder()
  overlayByProgram(overlay, './functions.cjs', { resources: 'test/e2e/image/trees/workload', policy })
  const executable = join(overlay, 'functions.cjs')
  copyFileSync(join(root, 'dist/functions.cjs'), executable)
  chmodSync(executable, mode)
  return overlay
}

const withExecutable = (program: Program): Row => {
  const buildOf = (overlay: string) => build(program, overlay, {}, FLAGS)
  return {
    program: program.name,
    version: program.version,
    engine: 'the executable, `--enable-exec`',
    cells: {
      Result: async () => {
        expect(printed(await buildOf(byProgram(join(HARDENED, 'policy'))))).toBe(await pinnedBuild(HARDENED))
        return SAME_BYTES
      },
      'policy error': async () => failed(await buildOf(byProgram('functions')), REFUSAL),
      'missing engine': async () =>
        failed(await buildOf(byProgram('functions', 0o644)), /functions\.cjs: permission denied/),
      'unknown image': NO_IMAGE,
    },
  }
}

export const withTheExecutable: readonly Row[] = KUSTOMIZES.map(withExecutable)
