import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPodOwner, podTemplateOf, templatePath } from '../../functions/lib/kubernetes/pod-template.ts'
import { workloadKindOf, workloadTypes } from '../../functions/lib/kubernetes/workload-kinds.ts'

const ROOT = join(__dirname, '../..')
const TABLE = 'functions/lib/kubernetes/workload-kinds.ts'

const sources = ['functions', 'cli'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: join(folder, path), text: readFileSync(join(ROOT, folder, path), 'utf8') })),
)

const objectOf = (type: string) => {
  const [group = '', kind = ''] = type.split('/')
  return { apiVersion: group === '' ? 'v1' : `${group}/v1`, kind, metadata: { name: 'a' } }
}

describe.each(workloadTypes)('%s', (type) => {
  // Functions that must know what Knative does to its Services may name the kind.
  if (!type.startsWith('serving.knative.dev/'))
    test('is named as a type in no other source file: a kind with pods is one row', () => {
      const [group, kind] = type.split('/')
      const naming = sources.filter(
        ({ path, text }) =>
          path !== TABLE && [`'${type}'`, `'${group}', '${kind}'`].some((name) => text.includes(name)),
      )
      expect(naming.map(({ path }) => path)).toEqual([])
    })

  test('has its pod template where the row says', () => {
    const spec = { containers: [{ name: 'a', image: 'a' }] }
    const path = templatePath(objectOf(type)) ?? []
    const content = path.reduceRight<object>((inner, key) => ({ [key]: inner }), { spec })
    const object = { ...objectOf(type), ...content }
    expect(podTemplateOf(object)).toMatchObject({ owner: object, path, spec })
  })

  test('of another group is another kind', () => {
    expect(isPodOwner({ ...objectOf(type), apiVersion: 'example.com/v1' })).toBe(false)
  })
})

test('what is replicated does not run to completion', () => {
  const kinds = workloadTypes.map((type) => workloadKindOf(objectOf(type)))
  expect(kinds.filter((kind) => kind?.batch && kind.replicated)).toEqual([])
})
