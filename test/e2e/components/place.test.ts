import { MIMIR, render, SINGLE_FUNCTIONS } from '../../components/lib/component.ts'
import { overlayWith } from '../../components/lib/overlay.ts'

// A component does the same wherever a kustomization names it.
describe.each(['ambient', 'authorization-flows', 'cilium-network-policies'])('%s', (name) => {
  const component = `components/${name}`
  let rendered = ''
  beforeAll(async () => {
    rendered = await render(overlayWith(MIMIR, { hardening: [component] }))
  })

  test('in the policy of the environment it renders the same', async () => {
    expect(await render(overlayWith(MIMIR, { environment: [component] }))).toBe(rendered)
  })

  test('before single-functions it renders the same', async () => {
    expect(await render(overlayWith(MIMIR, { hardening: [component, SINGLE_FUNCTIONS] }))).toBe(rendered)
  })
})

test('single-functions splits a Hardening without flows of its own', async () => {
  const hardening = ['test/components/fixtures/without-flows']
  const alone = await render(overlayWith(MIMIR, { hardening }))
  expect(await render(overlayWith(MIMIR, { hardening: [...hardening, SINGLE_FUNCTIONS] }))).toBe(alone)
})
