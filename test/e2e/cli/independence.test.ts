import { joinBuild } from '../../../cli/render/documents.ts'
import { renderFolder } from '../../../cli/render/environment.ts'
import { passThrough } from '../../../cli/runtime/functions.ts'
import { removeFolders, run, tree } from '../../cli/lib/command-line.ts'
import { builderWith } from '../../support/builder.ts'
import fc from '../../support/fast-check.ts'
import { kustomize } from '../../support/programs.ts'

afterAll(removeFolders)

// Few names, so that stacks meet all the time: by identity, by reference, through namespaces, prefixes and hashes.
const name = fc.constantFrom('x', 'y', 'app')
const reference = fc.constantFrom('x', 'y', 'app', 'a-x', 'b-y', 'gx')
const namespace = fc.constantFrom('one', 'two', 'default')

const rbac = 'rbac.authorization.k8s.io'
const TEMPLATES: readonly ((own: string, other: string, ns: string) => string)[] = [
  (own, other) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${own}}\ndata: {key: ${other}}`,
  (own) => `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${own}}`,
  (own) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${own}}`,
  (own) => `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: ${own}}\nvalue: 1`,
  (_own, _other, ns) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${ns}}`,
  (own, other) =>
    `apiVersion: ${rbac}/v1\nkind: ClusterRole\nmetadata: {name: ${own}}\nrules: [{apiGroups: [""], resources: [configmaps], resourceNames: [${other}], verbs: [get]}]`,
  (own, other, ns) =>
    `apiVersion: ${rbac}/v1\nkind: ClusterRoleBinding\nmetadata: {name: ${own}}\nroleRef: {apiGroup: ${rbac}, kind: ClusterRole, name: ${other}}\nsubjects: [{kind: ServiceAccount, name: ${own}, namespace: ${ns}}]`,
  (own, other, ns) =>
    `apiVersion: ${rbac}/v1\nkind: RoleBinding\nmetadata: {name: ${own}, namespace: ${ns}}\nroleRef: {apiGroup: ${rbac}, kind: ClusterRole, name: ${own}}\nsubjects: [{kind: ServiceAccount, name: ${other}, namespace: two}]`,
  (own, other, ns) =>
    `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: ${own}}\nwebhooks: [{name: w, clientConfig: {service: {name: ${other}, namespace: ${ns}}}}]`,
  (own, other) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${own}}\nspec:\n  serviceAccountName: ${other}\n  priorityClassName: ${own}\n  volumes: [{name: v, configMap: {name: ${other}}}]\n  containers: [{name: c, image: i}]`,
]

const object = fc
  .tuple(fc.constantFrom(...TEMPLATES), name, reference, namespace)
  .map(([template, own, other, ns]) => template(own, other, ns))
const fields = fc
  .record({
    namespace: fc.option(namespace, { freq: 3 }),
    namePrefix: fc.option(fc.constantFrom('a-', 'b-')),
    nameSuffix: fc.option(fc.constant('-s'), { freq: 1 }),
    configMapGenerator: fc.option(fc.constantFrom('[{name: gx, literals: [a=b]}]', '[{name: x, literals: [a=c]}]')),
  })
  .map((values) => Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}\n`])))
const stack = fc.tuple(fields, fc.array(object, { minLength: 1, maxLength: 4 }))

const files = (stacks: readonly [string[], string[]][]): Record<string, string> =>
  Object.fromEntries([
    ['kustomization.yaml', `resources: [${stacks.map((_, index) => `s${index}`).join(', ')}]\n`],
    ...stacks.flatMap(([own, objects], index) => [
      [`s${index}/kustomization.yaml`, `resources: [r.yaml]\n${own.join('')}`],
      [`s${index}/r.yaml`, `${objects.join('\n---\n')}\n`],
    ]),
  ])

test('whatever the stacks hold, an environment built in groups equals what Kustomize builds in one piece, and fails if that fails', async () => {
  const told = { whole: 0, apart: 0, failed: 0 }
  const property = fc.asyncProperty(
    fc.array(stack, { minLength: 2, maxLength: 4 }),
    fc.integer({ min: 1, max: 2 }),
    async (stacks, together) => {
      const root = tree(files(stacks))
      const expected = await run(kustomize(), ['build', root])
      const rendering = await renderFolder(root, builderWith(passThrough), () => {}, together).catch((cause: Error) => {
        expect(cause.message).toContain('does not build')
      })
      expect(rendering && joinBuild(rendering.objects)).toBe(expected.exitCode === 0 ? expected.stdout : undefined)
      told[!rendering ? 'failed' : rendering.builds.length === 1 ? 'whole' : 'apart']++
    },
  )
  await fc.assert(property, { numRuns: 100, seed: 2026 })
  // All three outcomes occurred, so the property was really tested.
  expect(Math.min(told.whole, told.apart, told.failed)).toBeGreaterThan(5)
})
