import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { sourcesOf } from '../../../cli/tree/sources.ts'
import { stacksIn } from '../../../cli/tree/stacks.ts'
import { folder, kustomizeBuild, removeFolders } from '../../cli/lib/command-line.ts'

afterAll(removeFolders)

const ROOT = join(__dirname, '../../..')

describe('the files that a build reads', () => {
  test.each(stacksIn(join(ROOT, 'overlays/dev')).map((path) => relative(ROOT, path)))(
    'suffice to build %s to the same bytes',
    async (stack) => {
      const { files, more } = sourcesOf(join(ROOT, stack))
      expect(more).toBeUndefined()
      const copy = folder()
      for (const file of files) {
        const target = join(copy, relative(ROOT, file))
        mkdirSync(dirname(target), { recursive: true })
        cpSync(file, target)
      }
      const { stdout } = await kustomizeBuild(join(copy, stack))
      expect(stdout).not.toBe('')
      expect(stdout).toBe((await kustomizeBuild(join(ROOT, stack))).stdout)
    },
  )
})
