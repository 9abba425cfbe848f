import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { folder, program } from '../../../cli/lib/command-line.ts'
import { imageReference } from '../../../support/image.ts'
import { BUNDLE, edit, kpt, objectsByFile, PODMAN, type Runtime, Workspace } from '../../kpt/lib/kpt.ts'
import { comparable, packaged } from '../../kpt/lib/objects.ts'
import { ABSENT, pinnedBuild, tools } from '../lib/build.ts'
import { NO_IMAGE, type Row, SAME_OBJECTS } from '../lib/row.ts'

const STACK = 'tidb-operator'

const workspace = new Workspace()
afterAll(() => workspace.remove())

/** What kpt says of itself. */
const version = (): string => {
  const { stdout, status } = spawnSync(kpt(), ['version'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`kpt version ended with ${status}`)
  return stdout.trim()
}

/** A package after a change of one of its files. */
function changed(runtime: Runtime, file: string, change: (text: string) => string): string {
  const fetched = workspace.get(STACK, runtime)
  edit(join(fetched, file), change)
  expect(workspace.changes(fetched)).toEqual([` M ${file}`])
  workspace.commit(fetched)
  return fetched
}

const pipelineOf = (runtime: Runtime, from: string, to: string): string =>
  changed(runtime, 'Kptfile', (text) => text.replaceAll(from, to))

/** How a render failed; fails unless stderr has the reason. */
function failed(fetched: string, { status, stderr }: SpawnSyncReturns<string>, reason: string | RegExp): string {
  expect(stderr).toMatch(reason)
  expect(status).toBeGreaterThan(0)
  return `exit ${status}, ${workspace.changes(fetched).length === 0 ? 'no file changed' : 'files changed'}`
}

const rowOf = (
  runtime: Runtime,
  engine: string,
  cells: Pick<Row['cells'], 'missing engine' | 'unknown image'>,
): Row => ({
  program: 'kpt',
  version,
  ofMachine: true,
  engine,
  cells: {
    Result: async () => {
      const fetched = workspace.get(STACK, runtime)
      const { status, stderr } = workspace.render(fetched, runtime)
      expect({ status, stderr }).toMatchObject({ status: 0 })
      const expected = packaged(await pinnedBuild(`overlays/dev/${STACK}`))
      expect(comparable([...objectsByFile(fetched).values()])).toEqual(comparable(expected))
      return SAME_OBJECTS
    },
    'policy error': async () => {
      const fetched = changed(runtime, 'hardening/hardening.yaml', (text) =>
        text.replace(/^ +pingcap\/tidb-operator:.*\n/m, ''),
      )
      const reason = /\[error\] apps\/v1\/Deployment\/tidb-operator\/tidb-operator .*pingcap\/tidb-operator:v/
      return failed(fetched, workspace.render(fetched, runtime), reason)
    },
    ...cells,
  },
})

/** A PATH with the git that kpt asks for, and no engine. */
function gitAlone(): string {
  const bin = folder()
  program(join(bin, 'git'), '#!/bin/sh\nPATH=/usr/bin:/bin exec git "$@"\n')
  return [bin, tools].join(':')
}

const inPodman = rowOf('image', 'Podman', {
  'missing engine': async () => {
    const fetched = workspace.get(STACK, 'image')
    const ended = workspace.run(['fn', 'render', fetched], { ...PODMAN, PATH: gitAlone() })
    return failed(fetched, ended, /"podman": executable file not found/)
  },
  'unknown image': async () => {
    const fetched = pipelineOf('image', imageReference(), ABSENT)
    return failed(fetched, workspace.render(fetched, 'image'), ABSENT)
  },
})

const byProgram = rowOf('exec', 'the executable, `--allow-exec`', {
  'missing engine': async () => {
    const fetched = pipelineOf('exec', BUNDLE, '/absent/functions.cjs')
    return failed(fetched, workspace.render(fetched, 'exec'), '/absent/functions.cjs: no such file or directory')
  },
  'unknown image': NO_IMAGE,
})

export const withKpt: readonly Row[] = [inPodman, byProgram]
