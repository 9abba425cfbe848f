/**
 * Which tests write which golden files: those whose names end as below, so that `npm run update` runs no other. One is `whole`
 * if its tests depend on each other, and `slow` if it is refreshed only where it is named.
 */
const GOLDENS = [
  { files: /^functions\/[^/]+\/examples\//, tests: 'test/examples.test.ts' },
  { files: /^test\/golden\/components\//, tests: 'test/components/' },
  { files: /^test\/golden\/(?!components\/)/, tests: 'test/stacks/stacks.test.ts' },
  { files: /^test\/adopt\/expected\/shop\//, tests: 'test/adopt/' },
  { files: /^test\/adopt\/expected\/(?!shop\/)/, tests: 'test/e2e/cli/strangers.test.ts' },
  { files: /^test\/stacks\/immutable-fields\//, tests: 'test/stacks/immutable-fields.test.ts' },
  { files: /^docs\/reliability\.md$/, tests: 'test/reliability/' },
  { files: /^docs\/compatibility\.md$/, tests: 'test/e2e/compatibility/', whole: true, slow: true },
]
const COMPARING = ' shows$'

module.exports = { GOLDENS, COMPARING }
