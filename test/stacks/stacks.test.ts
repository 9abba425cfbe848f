import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { catalog } from '../../functions/catalog.ts'
import { plan } from '../../functions/hardening/plan.ts'
import { type Fields, identity, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { readResourceList } from '../../functions/lib/resource-list/resource-list.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { golden } from '../support/golden.ts'
import { kustomize } from '../support/programs.ts'
import { schemaError, unknownFields } from '../support/schemas.ts'
import { buildPlain, objectsOf, render, root, stacks } from '../support/stacks.ts'

type Policy = Fields & { kind: string; spec: Fields }

/** A ResourceList text under another policy, its items in another order where one is given. */
function under(resourceList: string, policy: Policy, order = (items: string[]): string[] => items): string {
  const [, header = '', items = ''] =
    /^([\s\S]*?^items:\n)([\s\S]*?)(?=^functionConfig:|^results:|$(?![\s\S]))/m.exec(resourceList) ?? []
  const text = order(items.split(/^(?=- )/m)).join('')
  return `${header}${text}functionConfig: ${JSON.stringify(policy)}\n`
}

async function policyOf(resourceList: string): Promise<Policy> {
  return (await readResourceList(resourceList)).functionConfig as Policy
}

/** The objects after one policy or several, by identity; annotations of the caller, which tell positions, left out. */
async function harden(
  resourceList: string,
  policies: readonly Policy[],
  order?: (items: string[]) => string[],
): Promise<Map<string, KubernetesObject>> {
  let text = resourceList
  for (const [index, policy] of policies.entries()) {
    const answer = await run(under(text, policy, index === 0 ? order : undefined), plan)
    if (answer.exitCode !== 0) throw new Error(answer.stderr)
    text = answer.stdout
  }
  const { items } = readCanonicalYaml(text) as { items: KubernetesObject[] }
  return new Map(
    items
      .map((object) => [identity(object), withoutCallerAnnotations(object)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function withoutCallerAnnotations(object: KubernetesObject): KubernetesObject {
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(
    ([key]) => !/(?:^|\.)(?:config\.kubernetes|config\.k8s)\.io\//.test(key),
  )
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } }
}

const takesFlows = ({ schema }: (typeof catalog)[number]): boolean =>
  'flows' in (schema as never as { _zod: { def: { shape: object } } })._zod.def.shape

/** The same policy as one Hardening and as single functions, whichever form the stack uses. */
function bothForms(policies: readonly Policy[]): { whole: Policy; singles: Policy[] } {
  const [first] = policies
  if (first?.kind === 'Hardening') {
    const { flows, ...sections } = first.spec
    const singles = catalog
      .filter(({ section }) => sections[section] !== undefined)
      .map((definition) => ({
        apiVersion: first.apiVersion,
        kind: definition.kind,
        metadata: { name: definition.name },
        spec: {
          ...(sections[definition.section] as Fields),
          ...(takesFlows(definition) && flows !== undefined && { flows }),
        },
      }))
    return { whole: first, singles }
  }
  const spec: Fields = {}
  for (const policy of policies) {
    const { flows, ...section } = policy.spec
    if (flows !== undefined) spec.flows = flows
    spec[catalog.find(({ kind }) => kind === policy.kind)?.section ?? ''] = section
  }
  return {
    whole: { apiVersion: first?.apiVersion, kind: 'Hardening', metadata: { name: 'hardening' }, spec },
    singles: [...policies],
  }
}

describe.each(stacks)('%s', (stack) => {
  const { inputs, plain } = buildPlain(stack)
  let rendered = ''
  beforeAll(() => {
    rendered = render(join('overlays', stack))
  })

  test('renders what its golden shows', () => {
    expect(rendered).not.toBe('')
    expect(rendered).toBe(golden(join(root, 'test/golden', `${stack}.yaml`), rendered))
  })

  test('renders the same bytes a second time', () => {
    expect(render(join('overlays', stack))).toBe(rendered)
  })

  test('fits the schemas of its kinds, and holds no field that the API does not know', () => {
    const objects = objectsOf(rendered)
    expect(objects.length).toBeGreaterThan(0)
    expect(objects.flatMap((object) => schemaError(object) ?? [])).toEqual([])
    expect(unknownFields(objects)).toEqual([])
  })

  test('holds no policy object and no function annotation', () => {
    expect(rendered).not.toMatch(/krm-hardening\.dev\/v1alpha1|config\.kubernetes\.io\/function/)
  })

  if (inputs.length > 0) {
    test('is the same from one Hardening and from single functions', async () => {
      const [list = ''] = inputs
      const { whole, singles } = bothForms(await Promise.all(inputs.map(policyOf)))
      expect(singles.length).toBeGreaterThan(1)
      expect(await harden(list, singles)).toEqual(await harden(list, [whole]))
    })

    test('is the same from input in another order', async () => {
      const [list = ''] = inputs
      const policies = await Promise.all(inputs.map(policyOf))
      expect(await harden(list, policies, (items) => items.toReversed())).toEqual(await harden(list, policies))
    })

    test('changes nothing when it is hardened again', async () => {
      const [list = ''] = inputs
      const policies = await Promise.all(inputs.map(policyOf))
      expect(await harden(list, [...policies, ...policies])).toEqual(await harden(list, policies))
    })

    test('is proven hardened by verify; a rendering whose functions were skipped is not', () => {
      const verify = (args: string[], input = ''): ReturnType<typeof spawnSync> =>
        spawnSync('node', [join(root, 'dist/cli.cjs'), 'verify', ...args], {
          cwd: root,
          env: { ...process.env, KUSTOMIZE: kustomize() },
          encoding: 'utf8',
          input,
        })
      const folder = join('overlays', stack)
      expect(verify([folder])).toMatchObject({ status: 0 })
      expect(verify(['-', '--policy', folder], rendered)).toMatchObject({ status: 0 })
      expect(verify(['-', '--policy', folder], plain)).toMatchObject({
        status: 1,
        stdout: expect.stringContaining('error: '),
      })
    })
  }
})
