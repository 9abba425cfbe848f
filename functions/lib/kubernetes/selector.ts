import { isFields } from './objects.ts'
import type { Shape } from './type-check.ts'

export type Labels = Readonly<Record<string, string>>

/** A LabelSelector of the API, as data: `matchLabels` and `matchExpressions`. */
export interface LabelSelector {
  matchLabels?: Labels | null
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] | null }[] | null
}

/** The types of its fields, as the API decodes them. */
export const LABEL_SELECTOR = {
  matchLabels: { '*': 'string' },
  matchExpressions: [{ key: 'string', operator: 'string', values: ['string'] }],
} as const satisfies Shape

/** Does the object carry all of these labels? */
export const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value)

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors. An empty selector selects all. */
export function matchesSelector(selector: unknown, labels: Labels): boolean {
  if (!isFields(selector)) return true
  const { matchLabels, matchExpressions } = selector as LabelSelector
  return (
    selects(matchLabels ?? {}, labels) &&
    (matchExpressions ?? []).every((expression) => matchesExpression(expression, labels))
  )
}

function matchesExpression(
  { key, operator, values }: { key: string; operator: string; values?: readonly string[] | null },
  labels: Labels,
): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values?.includes(value) === true
    case 'NotIn':
      return value === undefined || !values?.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
