import { MIMIR, render, SINGLE_FUNCTIONS } from './lib/component.ts'
import { overlayWith } from './lib/overlay.ts'

const FIXTURES = 'test/components/fixtures'
const SHARED = `${FIXTURES}/shared-by-all`
const STACK = [`${FIXTURES}/release`]

describe('single-functions', () => {
  let whole = ''
  beforeAll(async () => {
    whole = await render(overlayWith(MIMIR, { hardening: [SHARED], stack: STACK }))
  })

  test('has a Hardening to split in which flows, elsewhere, gateways and flux each change something', async () => {
    expect(whole).toContain('name: traefik')
    expect(whole).toContain('/billing.mimir.svc.cluster.local')
    await expect(render(overlayWith(MIMIR, { stack: STACK }))).rejects.toThrow(/found no ChartLock/)
  })

  test('renders the same as the Hardening that it splits', async () => {
    const split = overlayWith(MIMIR, { hardening: [SHARED, SINGLE_FUNCTIONS], stack: STACK })
    expect(await render(split)).toBe(whole)
  })
})
