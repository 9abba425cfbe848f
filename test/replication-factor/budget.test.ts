import { evictable } from '../../functions/replication-factor/disruption-budgets/budget.ts'
import fc from '../support/fast-check.ts'

test.each([
  [{ maxUnavailable: 1 }, 3, 1],
  [{ maxUnavailable: 5 }, 3, 3],
  [{ maxUnavailable: 0 }, 3, 0],
  [{ maxUnavailable: '0%' }, 3, 0],
  // Kubernetes rounds a share of a pod up.
  [{ maxUnavailable: '10%' }, 3, 1],
  [{ maxUnavailable: '50%' }, 5, 3],
  [{ minAvailable: 2 }, 3, 1],
  [{ minAvailable: 3 }, 3, 0],
  [{ minAvailable: 4 }, 3, 0],
  [{ minAvailable: '50%' }, 5, 2],
  [{ minAvailable: '100%' }, 5, 0],
  // Of a budget without a limit the controller expects no pod, and lets none go.
  [{}, 1, 0],
  [{}, 3, 0],
  [{ maxUnavailable: '3' }, 3, 3],
  [{ maxUnavailable: `\${MAX}` }, 3, undefined],
  [{ minAvailable: '$(MIN)' }, 3, undefined],
])('%j lets %i pods go: %s', (limits, n, pods) => {
  expect(evictable(limits, n)).toBe(pods)
})

const pods = fc.integer({ min: 0, max: 100 })

test('never more pods may go than there are', () => {
  fc.assert(
    fc.property(pods, pods, fc.integer({ min: 0, max: 100 }), (n, amount, percent) => {
      for (const limits of [{ maxUnavailable: amount }, { minAvailable: amount }, { maxUnavailable: `${percent}%` }]) {
        const most = evictable(limits, n)
        expect(most).toBeGreaterThanOrEqual(0)
        expect(most).toBeLessThanOrEqual(n)
      }
    }),
  )
})

test('maxUnavailable and minAvailable are two ways to say one thing', () => {
  fc.assert(
    fc.property(pods, pods, (n, stay) => {
      fc.pre(stay <= n)
      expect(evictable({ minAvailable: stay }, n)).toBe(evictable({ maxUnavailable: n - stay }, n))
    }),
  )
})
