import fc from '../support/fast-check.ts'
import { faultOf } from './check.ts'
import { anyInput, type Input } from './inputs.ts'

const [input] = fc.sample(
  anyInput.filter(({ isWhole }) => isWhole),
  { seed: 1, numRuns: 1 },
) as [Input]
const list = (items: string): string =>
  `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}functionConfig:\n  apiVersion: krm-hardening.dev/v1alpha1\n  kind: Hardening\n`
const WIDGET = '- apiVersion: example.com/v1\n  kind: Widget\n  metadata: {name: a}\n'

test('an answer that keeps what no function touches passes', async () => {
  expect(await faultOf({ caller: 'stdin', text: list(WIDGET), bystanders: [WIDGET], isWhole: true })).toBeUndefined()
})

test('an answer that lacks what no function touches is a finding', async () => {
  const other = WIDGET.replace('{name: a}', '{name:  a}')
  expect(await faultOf({ caller: 'stdin', text: list(WIDGET), bystanders: [other], isWhole: true })).toContain(other)
})

test('a seed gives the same inputs each time', () => {
  expect(
    fc.sample(
      anyInput.filter(({ isWhole }) => isWhole),
      { seed: 1, numRuns: 1 },
    ),
  ).toEqual([input])
})
