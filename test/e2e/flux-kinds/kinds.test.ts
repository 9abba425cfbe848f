import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isOfCharts } from '../../../functions/lib/charts/charts.ts'
import { copyOf } from '../../../functions/lib/exact-integer.ts'
import { ensureFields, type Fields, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { fluxStacks, objectsOf, rendered, root } from '../../support/stacks.ts'
import { definitions } from './lib/definitions.ts'
import { Kinds } from './lib/kinds.ts'

// What is rendered for Flux, and what the documentation tells to copy, fits the definitions that Flux itself publishes.
let kinds: Kinds
beforeAll(() => {
  kinds = new Kinds(definitions())
}, TIME_TO_BUILD)

const known = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter((object) => kinds.knowsGroupOf(object))
const ofKind = (kind: string): KubernetesObject => {
  const found = fluxStacks.flatMap((stack) => objectsOf(rendered(stack))).find((object) => object.kind === kind)
  if (!found) throw new Error(`no stack renders a ${kind}`)
  return copyOf(found)
}

test.each(fluxStacks)('%s', (stack) => {
  const objects = known(objectsOf(rendered(stack)))
  expect(objects.length).toBeGreaterThan(0)
  expect(objects.flatMap((object) => kinds.errorsOf(object))).toEqual([])
})

test('the examples of releases and their sources, before and after', () => {
  const examples = join(root, 'functions/hardening/examples')
  const objects = readdirSync(examples)
    .flatMap((name) => ['resources.yaml', 'expected.yaml'].map((file) => join(examples, name, file)))
    .flatMap((file) => (file.includes('helm-release') ? objectsOf(readFileSync(file, 'utf8')) : []))
    .filter((object) => isOfCharts(object) && kinds.knowsGroupOf(object))
  expect(objects.length).toBeGreaterThan(2)
  expect(objects.flatMap((object) => kinds.errorsOf(object))).toEqual([])
})

test('the manifests that docs/flux.md gives to copy', () => {
  const page = readFileSync(join(root, 'docs/flux.md'), 'utf8')
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
  const objects = blocks.filter((text) => /^apiVersion:/m.test(text)).flatMap((text) => known(objectsOf(text)))
  expect(objects.length).toBeGreaterThan(1)
  expect(objects.flatMap((object) => kinds.errorsOf(object))).toEqual([])
})

describe('would be refused by Flux:', () => {
  test.each<[string, string, (object: KubernetesObject) => void, string]>([
    [
      'a field that HelmReleases do not have',
      'HelmRelease',
      ({ spec }) => Object.assign(spec as Fields, { retryInterval: '1m' }),
      'must NOT have additional properties {"additionalProperty":"retryInterval"}',
    ],
    [
      'a strategy that does not exist',
      'HelmRelease',
      ({ spec }) => Object.assign(spec as Fields, { postRenderStrategy: 'all' }),
      '/spec/postRenderStrategy must be equal to one of the allowed values',
    ],
    [
      'an invalid duration',
      'OCIRepository',
      ({ spec }) => Object.assign(spec as Fields, { interval: 'hourly' }),
      '/spec/interval must match pattern',
    ],
    [
      'a url that is not of OCI',
      'OCIRepository',
      ({ spec }) => Object.assign(spec as Fields, { url: 'https://charts.example.com/web' }),
      '/spec/url must match pattern',
    ],
    [
      'a number where a tag is expected',
      'OCIRepository',
      ({ spec }) => Object.assign(ensureFields(spec as Fields, 'ref'), { tag: 1 }),
      '/spec/ref/tag must be string',
    ],
    [
      'a policy without a way to choose',
      'ImagePolicy',
      ({ spec }) => Reflect.deleteProperty(spec as Fields, 'policy'),
      "/spec must have required property 'policy'",
    ],
    [
      'a version that is no longer served',
      'ImageRepository',
      (object) => Object.assign(object, { apiVersion: 'image.toolkit.fluxcd.io/v1alpha1' }),
      'no version image.toolkit.fluxcd.io/v1alpha1 of this kind',
    ],
  ])('%s', (_, kind, change, error) => {
    const object = ofKind(kind)
    expect(kinds.errorsOf(object)).toEqual([])
    change(object)
    expect(kinds.errorsOf(object)).toEqual([expect.stringContaining(error)])
  })
})
