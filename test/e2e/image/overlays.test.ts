import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { builtImage } from '../../support/image.ts'
import { kustomizeProgram } from '../../support/programs.ts'
import { render, root } from '../../support/stacks.ts'

// The same overlays, unchanged: with a container engine, and with none.
test.each(['dev', 'production'])(
  'overlays/%s is the same bytes in an engine and from the command line',
  (environment) => {
    const folder = join('overlays', environment)
    const inPodman = execFileSync(kustomizeProgram(), ['build', '--enable-alpha-plugins', join(root, folder)], {
      env: builtImage().env,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(inPodman).not.toBe('')
    expect(render(folder)).toBe(inPodman)
  },
)
