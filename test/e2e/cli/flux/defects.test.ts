import { allDefects, DEFECTS, findingOf } from '../../../cli/flux/lib/defects.ts'
import { flux, found, homelab } from '../../../cli/flux/lib/homelab.ts'

test.each(Object.entries(DEFECTS))(
  '%s: the defect is found once, and nothing else is',
  async (rule, { edits, found: object }) => {
    expect(await found(homelab(...edits))).toEqual([`${rule}: ${object}`])
  },
)

test('all remain after a repair unless they are safe to repair, and a second repair changes nothing', async () => {
  const root = allDefects()
  const repair = () => flux(['--fix'], root)
  expect((await repair()).stderr).toMatch(/: repaired /)
  // Nothing depends on the apps that are not waited for, so their repair is left to people.
  const repaired = ['api-version', 'interval-tier', 'prune', 'retries-finite', 'retries-set', 'timeout']
  const remaining = Object.entries(DEFECTS).filter(([rule]) => !repaired.includes(rule))
  expect((await found(root)).sort()).toEqual(remaining.map(findingOf).sort())
  expect((await repair()).stderr).not.toMatch(/: repaired /)
})
