import { matchesSelector, selects } from '../../functions/lib/kubernetes/selector.ts'

const LABELS = { app: 'cart', tier: 'web' }
const expression = (operator: string, key: string, values?: string[] | null) => ({
  matchExpressions: [{ key, operator, ...(values !== undefined && { values }) }],
})

// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
test.each<[string, unknown, boolean]>([
  ['no selector selects all', undefined, true],
  ['an empty one does too', {}, true],
  ['all labels match', { matchLabels: LABELS }, true],
  ['one label differs', { matchLabels: { app: 'cart', tier: 'db' } }, false],
  ['one label is missing', { matchLabels: { app: 'cart', team: 'a' } }, false],
  ['In, with the value', expression('In', 'app', ['shop', 'cart']), true],
  ['In, without it', expression('In', 'app', ['shop']), false],
  ['In, of a label that is missing', expression('In', 'team', ['a']), false],
  ['In, without values', expression('In', 'app', null), false],
  ['NotIn, with the value', expression('NotIn', 'app', ['shop', 'cart']), false],
  ['NotIn, without it', expression('NotIn', 'app', ['shop']), true],
  ['NotIn, of a label that is missing', expression('NotIn', 'team', ['a']), true],
  ['NotIn, without values', expression('NotIn', 'app', null), true],
  ['Exists, and it does', expression('Exists', 'app'), true],
  ['Exists, and it does not', expression('Exists', 'team'), false],
  ['DoesNotExist, and it does', expression('DoesNotExist', 'app'), false],
  ['DoesNotExist, and it does not', expression('DoesNotExist', 'team'), true],
  ['an operator that the API does not know', expression('Like', 'app', ['cart']), false],
  ['labels match, and an expression does not', { matchLabels: LABELS, ...expression('Exists', 'team') }, false],
  ['an expression matches, and a label does not', { matchLabels: { app: 'x' }, ...expression('Exists', 'app') }, false],
  [
    'one of two expressions',
    {
      matchExpressions: [
        { key: 'app', operator: 'Exists' },
        { key: 'team', operator: 'Exists' },
      ],
    },
    false,
  ],
])('a selector: %s', (_, selector, expected) => expect(matchesSelector(selector, LABELS)).toBe(expected))

test('the labels of a Service select a pod that carries all of them', () => {
  expect(selects({ app: 'cart' }, LABELS)).toBe(true)
  expect(selects({ app: 'cart', tier: 'db' }, LABELS)).toBe(false)
  expect(selects({}, LABELS)).toBe(true)
})
