import { PINNED } from '../../../../cli/kustomize/pinned.ts'
import { version } from '../../../../package.json'
import { type Ended, krmHardening } from '../../../cli/lib/command-line.ts'
import { kustomizeOf } from '../../../support/programs.ts'
import { root } from '../../../support/stacks.ts'
import {
  ABSENT,
  byAbsentImage,
  developmentStacks,
  pinnedBuild,
  printed,
  REFUSAL,
  REFUSED,
  tools,
} from '../lib/build.ts'
import { failed, NO_ENGINE, type Row, SAME_BYTES } from '../lib/row.ts'

/** On a machine without a container engine. */
const render = (folder: string): Promise<Ended> =>
  krmHardening(['render', folder], { cwd: root, env: { KUSTOMIZE: kustomizeOf(PINNED), PATH: tools } })

export const commandLine: Row = {
  program: '`krm-hardening render`',
  version: () => `v${version}`,
  engine: 'its own',
  cells: {
    Result: async () => {
      for (const folder of developmentStacks)
        expect([folder, printed(await render(folder))]).toEqual([folder, await pinnedBuild(folder)])
      return SAME_BYTES
    },
    'policy error': async () => failed(await render(REFUSED), REFUSAL),
    'missing engine': NO_ENGINE,
    'unknown image': async () =>
      failed(await render(byAbsentImage()), `no container engine found in PATH to run the function image ${ABSENT}`),
  },
}
