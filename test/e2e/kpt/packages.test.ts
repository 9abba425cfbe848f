import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { plan } from '../../../functions/hardening/plan.ts'
import { kptPackage, packagedStacks } from '../../../tools/generate/kpt/package.ts'
import { imageReference } from '../../support/image.ts'
import { kustomizeProgram } from '../../support/programs.ts'
import { root } from '../../support/stacks.ts'
import { filesOf } from './lib/kpt.ts'

interface Pipeline {
  mutators: { image: string; configPath: string }[]
}

const stacks = packagedStacks(root)

test('every hardened stack of the environment is a package, and nothing else is', () => {
  const folders = readdirSync(join(root, 'packages'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(stacks.length).toBeGreaterThan(0)
  expect(folders.map(({ name }) => name).sort()).toEqual([...stacks].sort())
})

/** The functions that the default policy has a section of. */
const DEFAULTS = plan(parse(readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8'))).map(
  (step) => step.function.name,
)

describe.each(stacks)('packages/%s', (stack) => {
  const folder = join(root, 'packages', stack)

  test('is what `npm run update` writes', () => {
    const generated = kptPackage(root, [kustomizeProgram(), 'build', '--enable-alpha-plugins'], stack)
    expect(filesOf(folder)).toEqual(new Map([...generated].sort(([a], [b]) => (a < b ? -1 : 1))))
  })

  const { pipeline } = parse(filesOf(folder).get('Kptfile') ?? '') as { pipeline: Pipeline }

  test('runs one Hardening, or the single functions of its overlay, by the image that the overlays name', () => {
    const names = stack === 'cilium-etcd' ? DEFAULTS : ['hardening']
    expect(pipeline.mutators).toEqual(
      names.map((name) => ({ image: imageReference(), configPath: `hardening/${name}.yaml` })),
    )
  })

  test('configures every function of the product’s defaults, in their order', () => {
    const policies = pipeline.mutators.map(({ configPath }) => parse(filesOf(folder).get(configPath) ?? ''))
    expect(policies.flatMap(plan).map((step) => step.function.name)).toEqual(DEFAULTS)
  })

  test('holds no Secret, no name with a hash, and no ConfigMap that cannot change', () => {
    const text = [...filesOf(folder).values()].join('')
    expect(text).not.toMatch(/^kind: Secret$/m)
    expect(text).not.toMatch(/^immutable:/m)
    expect(text).not.toMatch(/^ +name: [a-z-]+-[bcdfghkmt2456789]{10}$/m)
  })
})
