import { RULE_NAMES } from '../../../functions/flux-conventions/rules/index.ts'
import { allDefects, DEFECTS, findingOf } from './lib/defects.ts'
import { found, homelab } from './lib/homelab.ts'

// One tree with every defect. test/e2e/cli/flux/defects.test.ts has each in a tree of its own.

test('the example keeps every convention', async () => {
  expect(await found(homelab())).toEqual([])
})

test('every rule has a defect', () => {
  expect(Object.keys(DEFECTS).sort()).toEqual([...RULE_NAMES])
})

test('every defect is found once, and nothing else is', async () => {
  expect((await found(allDefects())).sort()).toEqual(Object.entries(DEFECTS).map(findingOf).sort())
})

test('a folder that does not build is one finding, and nobody reports its objects as missing', async () => {
  const root = homelab([
    'flux/meta/repos/kustomization.yaml',
    '- app-template.yaml',
    '- app-template.yaml\n- missing.yaml',
  ])
  expect(await found(root)).toEqual(['build: Kustomization flux-system/cluster-meta'])
})
