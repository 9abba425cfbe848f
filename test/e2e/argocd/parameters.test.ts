import { parametersOf } from '../../../integrations/argocd/parameters.ts'
import { plugin } from './lib/sidecar.ts'

const read = (parameters: unknown) => parametersOf({ ARGOCD_APP_PARAMETERS: JSON.stringify(parameters) })
const WHERE = 'spec.source.plugin.parameters'

test('an Application that sets no parameters has none, although Argo CD passes null', () => {
  expect(read(null)).toEqual({})
  expect(read([])).toEqual({})
  expect(parametersOf({})).toEqual({})
})

test('every parameter that plugin.yaml announces can be set', () => {
  const names = plugin.spec.parameters.static.map(({ name }) => name)
  expect(read(names.map((name) => ({ name, string: 'value' })))).toEqual({ environment: 'value', image: 'value' })
})

test.each(['production', 'production/mimir', './production', '..production', '.'])(
  'environment may be %s',
  (string) => {
    expect(read([{ name: 'environment', string }])).toEqual({ environment: string })
  },
)

test.each(['', '/etc', '..', '../other', 'production/../../..'])(
  'environment may not be %j: it stays below the path of the Application',
  (string) => {
    expect(() => read([{ name: 'environment', string }])).toThrow(
      `${WHERE}.environment: expected a folder below the path of the Application, or no such parameter, found ${JSON.stringify(string)}`,
    )
  },
)

test.each(['', 'two words'])('image may not be %j', (string) => {
  expect(() => read([{ name: 'image', string }])).toThrow(
    `${WHERE}.image: expected an image reference, or no such parameter, found ${JSON.stringify(string)}`,
  )
})

test('a misspelt parameter is refused, with the name that was probably meant', () => {
  expect(() => read([{ name: 'enviroment', string: 'production' }])).toThrow(
    `${WHERE}.enviroment: unknown key (did you mean environment?); expected one of environment, image`,
  )
})

test.each([
  ['a list', { array: ['production'] }, 'a list'],
  ['a map', { map: { a: 'b' } }, 'a map'],
  ['nothing', {}, 'null'],
])('%s in place of a string is refused', (_, value, found) => {
  expect(() => read([{ name: 'environment', ...value }])).toThrow(
    `${WHERE}.environment: expected a string, found ${found}`,
  )
})

test('a parameter that is given twice is refused', () => {
  const parameter = { name: 'image', string: 'a' }
  expect(() => read([parameter, parameter])).toThrow(`${WHERE}: image is given twice; expected once`)
})

test.each([
  ['expected JSON, found [', '['],
  ['expected a JSON list, found {}', '{}'],
  ['expected objects with a name, found {"string":"a"}', '[{"string":"a"}]'],
])('what Argo CD never passes is refused: %s', (message, json) => {
  expect(() => parametersOf({ ARGOCD_APP_PARAMETERS: json })).toThrow(`ARGOCD_APP_PARAMETERS: ${message}`)
})
