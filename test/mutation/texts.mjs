// For Stryker: sentences are no mutants. Tests assert the ids and fields of findings, and a changed word changes neither.

/** The texts of a finding, and what a policy's field is for. */
const TEXTS = ['message', 'means', 'why', 'fix']

const isText = (path) =>
  (path.isObjectProperty() && TEXTS.includes(path.node.key.name)) ||
  (path.isCallExpression() && path.get('callee.property').node?.name === 'describe') ||
  (path.isNewExpression() && /Error$/.test(path.node.callee.name ?? ''))

const written = ({ node }) => node.value ?? node.quasis.map(({ value }) => value.cooked).join('')

function shouldIgnore(path) {
  if (!path.isStringLiteral() && !path.isTemplateLiteral()) return undefined
  const isSentence = /\p{L}\p{P}? \p{L}/u.test(written(path)) || path.findParent(isText) !== null
  return isSentence ? 'a sentence for a person' : undefined
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'texts', value: { shouldIgnore } }]
