import { anyInput } from '../fuzz/inputs.ts'
import fc, { runs } from '../support/fast-check.ts'
import { anyBuild } from '../support/kubernetes-objects.ts'
import { asOfKustomize } from '../support/resource-lists.ts'
import { readersDiffer } from '../support/yaml-readers.ts'

// The reader of block YAML and js-yaml must agree on every text that the first accepts.

test('in what Kustomize prints', () => {
  fc.assert(
    fc.property(anyBuild, (objects) => {
      expect(objects.map(asOfKustomize).flatMap((item) => readersDiffer(item) ?? [])).toEqual([])
    }),
    { numRuns: runs(40) },
  )
})

test('in every style of YAML, with mistakes', () => {
  fc.assert(
    fc.property(anyInput, ({ text }) => {
      expect(text.split(/^(?=- |functionConfig:)/m).flatMap((item) => readersDiffer(item) ?? [])).toEqual([])
    }),
    { numRuns: runs(60) },
  )
})

/** Lines that nearly are of the subset that the reader knows, in any order and with any indentation. */
const line = fc
  .tuple(
    fc.nat({ max: 4 }),
    fc.constantFrom('', '', '- ', '- - '),
    fc.constantFrom('', '', 'a: ', 'b:', "'c': ", '"d": ', 'null: ', '1: ', 'x:y: ', '? ', '__proto__: ', 'a: b: '),
    fc.constantFrom('', 'v', '1', '-1.50', 'null', 'True', '~', "'it''s'", '"\\u00e9\\n"', '{}', '[]', '|', '|-', '|+'),
    fc.constantFrom('', '', '', ' ', ' # why', ' w', '\t', "'", ':', '\r'),
  )
  .map(([indent, ...parts]) => `${'  '.repeat(indent)}${parts.join('')}\n`)

test('in lines at random', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: fc.constant('\n') })),
      (lines) => {
        expect(readersDiffer(lines.join(''))).toBeUndefined()
      },
    ),
    { numRuns: runs(1000) },
  )
})
