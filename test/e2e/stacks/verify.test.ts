import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { kustomizeProgram } from '../../support/programs.ts'
import { buildPlain, examples, folderOf, isHardened, render, rendered, root, stacks } from '../../support/stacks.ts'

const verify = (args: string[], input = ''): ReturnType<typeof spawnSync> =>
  spawnSync('node', [join(root, 'dist/cli.cjs'), 'verify', ...args], {
    cwd: root,
    env: { ...process.env, KUSTOMIZE: kustomizeProgram() },
    encoding: 'utf8',
    input,
  })

test.each([...stacks, ...examples])('%s renders the same bytes in every run', (stack) => {
  expect(render(folderOf(stack))).toBe(rendered(stack))
})

test.each([...stacks, ...examples].filter(isHardened))(
  '%s is proven hardened by verify; a rendering whose functions were skipped is not',
  (stack) => {
    const folder = folderOf(stack)
    expect(verify([folder])).toMatchObject({ status: 0 })
    expect(verify(['-', '--policy', folder], rendered(stack))).toMatchObject({ status: 0 })
    expect(verify(['-', '--policy', folder], buildPlain(stack).plain)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('error: '),
    })
  },
)
