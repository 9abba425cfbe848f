import { readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import { type Build, build } from '../support/builder.ts'
import { golden } from '../support/golden.ts'
import { schemaError, unknownFields } from '../support/schemas.ts'
import { built, folderOf, objectsOf, rendered, root } from '../support/stacks.ts'
import { testForms } from './lib/forms.ts'

const builds = new Map<string, Promise<Build>>()
/** Each is built once. */
function buildOf(stack: string): Promise<Build> {
  const known = builds.get(stack) ?? build(join(root, folderOf(stack)))
  builds.set(stack, known)
  return known
}

describe.each(built)('%s', (stack) => {
  test('renders what its golden shows', async () => {
    const { output: actual } = await buildOf(stack)
    expect(actual).not.toBe('')
    expect(actual).toBe(golden(join(root, 'test/golden', `${stack}.yaml`), actual))
  })

  test('fits the schemas of its kinds', () => {
    const objects = objectsOf(rendered(stack))
    expect(objects.length).toBeGreaterThan(0)
    expect(objects.flatMap((object) => schemaError(object) ?? [])).toEqual([])
  })

  test('holds no policy object and no function annotation', () => {
    expect(rendered(stack)).not.toMatch(/krm-hardening\.dev\/v1alpha1|config\.kubernetes\.io\/function/)
  })
})

test('no stack holds a field that the API does not know, whatever component it has', () => {
  const components = readdirSync(join(root, 'test/golden/components')).map((file) => `components/${parse(file).name}`)
  expect(components.length).toBeGreaterThan(0)
  expect(unknownFields([...built, ...components].flatMap((stack) => objectsOf(rendered(stack))))).toEqual([])
})

// One for all; test/e2e/stacks/forms.test.ts tries the others.
testForms(['dev/cilium-etcd'], buildOf)
