import { type Fields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { configMap, QUIET, run, workload } from './build.ts'

const store = (container: Fields = {}) => workload('StatefulSet', 'store', { replicas: 3, container })
const derive = async (target: Fields, others: KubernetesObject[], container: Fields = {}, more: Fields = {}) => {
  const { objects, errors } = await run([store(container), ...others], {
    ...QUIET,
    derive: { n: { from: 'store', formula: 'count', target, ...more } },
  })
  return { container: valueAt(objects[0], ['spec', 'template', 'spec', 'containers', 0]), other: objects[1], errors }
}

const ring = (spec: Fields): KubernetesObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Ring',
  metadata: { name: 'ring', namespace: 'shop' },
  spec,
})

test('of two variables of one name the last is set, which is what the container sees', async () => {
  const { container } = await derive({ env: { name: 'N' } }, [], {
    env: [
      { name: 'N', value: '1' },
      { name: 'N', value: '2' },
    ],
  })
  expect(container).toMatchObject({ env: [{ value: '1' }, { value: '3' }] })
})

describe('a part of an argument whose value is a variable', () => {
  const target = { argument: { flag: '--opts', part: 'copies:{value}' } }
  const withValue = (value: string) => ({ args: ['--opts=$(OPTS)'], env: [{ name: 'OPTS', value }] })

  test('is set in the variable, and its other parts stay', async () => {
    const { container } = await derive(target, [], withValue('fsync:on,copies:1'))
    expect(container).toMatchObject(withValue('fsync:on,copies:3'))
  })

  test('must be there', async () => {
    const { errors } = await derive(target, [], withValue('fsync:on'))
    expect(errors).toEqual(['cannot-write spec.template.spec.containers[0].env[name=OPTS]'])
  })
})

describe('a path of an object', () => {
  const at = (path: string | (string | number)[]) => ({ object: { kind: 'Ring', path } })

  test.each([
    [['spec', 'sizes', 2], 'cannot-write spec.sizes[2]'],
    ['spec.sizes.size', 'cannot-write spec.sizes.size'],
    ['spec.sizes', 'path-too-short spec.sizes'],
    ['spec', 'path-too-short spec'],
  ])('%j is refused', async (path, id) => {
    const { errors } = await derive(at(path), [ring({ sizes: [1, 2] })])
    expect(errors).toEqual([id])
  })

  test('to a list of maps is not replaced with a list of members', async () => {
    const members = { formula: 'members', template: '{pod}' }
    const { errors } = await derive(at('spec.peers'), [ring({ peers: [{ host: 'a' }] })], {}, members)
    expect(errors).toEqual(['path-too-short spec.peers'])
  })

  test('to an item of a list is', async () => {
    expect((await derive(at(['spec', 'sizes', 1]), [ring({ sizes: [1, 2] })])).other?.spec).toEqual({ sizes: [1, 3] })
  })

  test('to a label, an annotation or an entry of a ConfigMap writes a string', async () => {
    const annotation = await derive(at('metadata.annotations.n'), [
      { ...ring({}), metadata: { name: 'ring', annotations: {} } },
    ])
    expect(annotation.other?.metadata.annotations).toEqual({ n: '3' })
    const entry = await derive({ object: { kind: 'ConfigMap', path: 'data.n' } }, [configMap('c', 'm', '1')])
    expect(entry.other?.data).toEqual({ m: '1', n: '3' })
  })
})

describe('a text', () => {
  const at = (path: string) => ({ configMap: { key: 'a.yaml', path } })
  const textAfter = async (path: string, text: string) => {
    const { other, errors } = await derive(at(path), [configMap('config', 'a.yaml', text)])
    return errors[0] ?? valueAt(other, ['data', 'a.yaml'])
  }

  test.each([
    ['a number in quotes stays in quotes', 'env.0.value', 'env:\n- value: "1" # n\n', 'env:\n- value: "3" # n\n'],
    [
      'a value that a merge key brings may be right',
      'b.n',
      'a: &a\n  n: 3\nb:\n  <<: *a\n',
      'a: &a\n  n: 3\nb:\n  <<: *a\n',
    ],
    ['a map is not replaced', 'ring', 'ring:\n  n: 1\n', 'path-too-short data["a.yaml"]: ring'],
  ])('%s', async (_, path, text, expected) => expect(await textAfter(path, text)).toBe(expected))
})

test('two rules that write one value to one place agree', async () => {
  const rule = { from: 'store', formula: 'count', target: { env: { name: 'N' } } }
  const { errors } = await run([store()], { ...QUIET, derive: { a: rule, b: rule } })
  expect(errors).toEqual([])
})
