import { catalog } from '../../../functions/catalog.ts'
import { plan } from '../../../functions/hardening/plan.ts'
import { declaredBy, SHARED, WHOLE } from '../../../functions/hardening/shared-fields.ts'
import { type Fields, identity, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { readResourceList } from '../../../functions/lib/resource-list/resource-list.ts'
import { split } from '../../../functions/lib/resource-list/split.ts'
import { run } from '../../../functions/lib/runner/run.ts'
import { readBlockYaml } from '../../../functions/lib/yaml/block-yaml.ts'
import { readCanonicalYaml } from '../../../functions/lib/yaml/canonical-yaml.ts'
import type { Build } from '../../support/builder.ts'

// A stack must come out the same whatever the form of its policy and the order of its input, and the second time.

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

type Hardened = ReadonlyMap<string, KubernetesObject>

/** The objects after one policy or several, by identity; annotations of the caller, which tell positions, left out. */
async function harden(
  resourceList: string,
  policies: readonly Policy[],
  order?: (items: string[]) => string[],
): Promise<Hardened> {
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

/** The settings that all sections share, as far as the schema of a function has them. */
const sharedBy = ({ schema }: (typeof catalog)[number], spec: Fields): Fields =>
  Object.fromEntries(
    SHARED.filter(
      (key) =>
        spec[key] !== undefined && key in (schema as never as { _zod: { def: { shape: object } } })._zod.def.shape,
    ).map((key) => [key, spec[key]]),
  )

/** The same policy as one Hardening and as single functions, whichever form the stack uses. */
function bothForms(policies: readonly Policy[]): { whole: Policy; singles: Policy[] } {
  const [first] = policies
  if (first?.kind === 'Hardening') {
    const sections = first.spec
    const singles = catalog
      .filter(({ section }) => sections[section] !== undefined)
      .map((definition) => ({
        apiVersion: first.apiVersion,
        kind: definition.kind,
        metadata: { name: definition.name },
        spec: {
          ...(sections[definition.section] as Fields),
          ...sharedBy(definition, first.spec),
        },
      }))
    return { whole: first, singles }
  }
  const spec: Fields = {}
  for (const policy of policies) {
    const { [WHOLE]: whole, ...section } = policy.spec
    Object.assign(spec, declaredBy(policy))
    spec[catalog.find(({ kind }) => kind === policy.kind)?.section ?? ''] = section
  }
  return {
    whole: { apiVersion: first?.apiVersion, kind: 'Hardening', metadata: { name: 'hardening' }, spec },
    singles: [...policies],
  }
}

/** Tries that of hardened stacks. */
export const testForms = (stacks: readonly string[], buildOf: (stack: string) => Promise<Build>): void =>
  describe.each(stacks)('%s', (stack) => {
    let list = ''
    let policies: Policy[] = []
    let hardened: Hardened = new Map()
    beforeAll(async () => {
      const { inputs } = await buildOf(stack)
      list = inputs[0] ?? ''
      policies = await Promise.all(inputs.map(policyOf))
      hardened = await harden(list, policies)
    })

    test('reaches the functions in YAML that the fast reader of blocks understands, its policy too', () => {
      const { items = [], functionConfig = '' } = split(list) ?? {}
      expect(items.length).toBeGreaterThan(0)
      expect([...items, functionConfig].filter((text) => readBlockYaml(text) === undefined)).toEqual([])
    })

    test('is the same from one Hardening and from single functions', async () => {
      const { whole, singles } = bothForms(policies)
      expect(singles.length).toBeGreaterThan(1)
      // The stack itself uses one of the two forms.
      expect(await harden(list, policies.length === 1 ? singles : [whole])).toEqual(hardened)
    })

    test('is the same from input in another order', async () => {
      expect(await harden(list, policies, (items) => items.toReversed())).toEqual(hardened)
    })

    test('changes nothing when it is hardened again', async () => {
      expect(await harden(list, [...policies, ...policies])).toEqual(hardened)
    })
  })
