import { delimiter } from 'node:path'
import { builtImage } from '../../../support/image.ts'
import {
  ABSENT,
  build,
  byAbsentImage,
  developmentStacks,
  HARDENED,
  pinnedBuild,
  printed,
  REFUSAL,
  REFUSED,
  standIn,
  tools,
} from '../lib/build.ts'
import { KUSTOMIZES, kubectlKustomize, type Program } from '../lib/programs.ts'
import { failed, type Row, SAME_BYTES } from '../lib/row.ts'

const identityOf = (program: Program) => ({
  program: program.name,
  version: program.version,
  ofMachine: program === kubectlKustomize,
})

const withStandIn = (program: Program): Row => ({
  ...identityOf(program),
  engine: '`docker` stand-in',
  cells: {
    Result: async () => {
      for (const folder of developmentStacks)
        expect([folder, printed(await build(program, folder, standIn))]).toEqual([folder, await pinnedBuild(folder)])
      return SAME_BYTES
    },
    'policy error': async () => failed(await build(program, REFUSED, standIn), REFUSAL),
    'missing engine': async () =>
      failed(await build(program, HARDENED, { PATH: tools }), /exec: \\*"docker\\*": executable file not found/),
    'unknown image': async () =>
      failed(
        await build(program, byAbsentImage(), standIn),
        `no container engine found in PATH to run the function image ${ABSENT}`,
      ),
  },
})

/** Podman under the name `docker`, with the image of the Dockerfile. */
const withPodman = (program: Program): Row => ({
  ...identityOf(program),
  engine: 'Podman',
  cells: {
    Result: async () => {
      expect(printed(await build(program, HARDENED, builtImage().env))).toBe(await pinnedBuild(HARDENED))
      return SAME_BYTES
    },
    'policy error': async () => failed(await build(program, REFUSED, builtImage().env), REFUSAL),
    'missing engine': async () => {
      const [named] = builtImage().env.PATH?.split(delimiter) ?? []
      const env = { PATH: [named, tools].join(delimiter) }
      return failed(await build(program, HARDENED, env), /docker: .*exec: podman: not found/)
    },
    'unknown image': async () => failed(await build(program, byAbsentImage(), builtImage().env), ABSENT),
  },
})

const programs = [...KUSTOMIZES, kubectlKustomize]

export const withContainers: readonly Row[] = [...programs.map(withStandIn), ...programs.map(withPodman)]
