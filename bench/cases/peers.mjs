import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, engine, notMeasured, ratioRow, root, work } from '../lib/context.mjs'
import { forms } from '../lib/forms.mjs'

export const title = 'A function in Go'

/** A function on kyaml with edits of the same kind, which decides and reports nothing. */
export default function peers() {
  const program = join(work, 'kyaml')
  const built = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: join(root, 'bench/peers/kyaml'),
    encoding: 'utf8',
  })
  if (built.status !== 0) return notMeasured('mimir ÷ a function in Go', (built.error?.message ?? built.stderr).trim())
  const { container, handedOver } = forms('mimir-peer', 'overlays/dev/mimir', 'hardening')
  const folder = container.command.split(' ').at(-1)
  ratioRow(
    'mimir, the functions in a process of their own ÷ a function in Go',
    container,
    build(folder, engine('kyaml-engine', `exec ${program}`)),
  )
  ratioRow(
    'the functions alone on mimir ÷ a function in Go',
    { command: `node ${join(root, 'dist/functions.cjs')} < ${handedOver}` },
    { command: `${program} < ${handedOver}` },
  )
}
