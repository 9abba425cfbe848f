import { removeFolders } from '../../cli/lib/command-line.ts'
import { build, HARDENED, POD, podBy, standIn } from './lib/build.ts'
import { KUSTOMIZES, kubectlKustomize } from './lib/programs.ts'

afterAll(removeFolders)

const programs = [...KUSTOMIZES, kubectlKustomize]

describe.each(programs.map((program) => ({ ...program, version: program.version(), program })))(
  '$name $version',
  ({ program }) => {
    test('fails without --enable-alpha-plugins', async () => {
      const { stdout, stderr, exitCode } = await build(program, HARDENED, standIn, [])
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
      expect(stderr).toContain("external plugins disabled; unable to load external plugin 'Hardening'")
    })

    test('silently skips a function with an exec annotation', async () => {
      const ended = await build(program, podBy('exec:\n        path: ./harden'), standIn)
      expect(ended).toEqual({ stdout: POD, stderr: '', exitCode: 0 })
    })
  },
)
