import { Configs, type KptFunc, type KubernetesObject as SdkObject, TestRunner } from 'kpt-functions'
import { parse, parseAllDocuments } from 'yaml'
import { catalog } from '../functions/catalog.ts'
import { kptFunctions } from '../functions/index.ts'
import { InputError } from '../functions/lib/framework/input-error.ts'
import { examplesOf, input, runExample, toDocuments } from './support/examples.ts'

// The SDK's TestRunner is written for Jasmine: these are the two of its matchers that it uses.
beforeAll(() => {
  Object.assign(globalThis, {
    expectAsync: (promise: Promise<unknown>) => ({
      toBeResolved: () => expect(promise).resolves.toBeUndefined(),
      toBeRejectedWithError: async (type: new () => Error, message: RegExp) => {
        await expect(promise).rejects.toThrow(type)
        await expect(promise).rejects.toThrow(message)
      },
    }),
  })
})

const objects = (documents: string): SdkObject[] =>
  parseAllDocuments(documents, { version: '1.1' }).map((document) => document.toJS() as SdkObject)

describe.each(catalog.map(({ name, kind }) => ({ name, kind })))(
  '$name under the contract of kpt-functions',
  ({ name, kind }) => {
    const example = examplesOf(name).find((candidate) => !/^(?:refuses|validates)-/.test(candidate.name))
    const { resources, policy } = input(example ?? { name: 'none', folder: 'none' })

    test('edits the Configs as the wire format does', async () => {
      const answer = await runExample(resources, policy)
      const results = JSON.parse(/^results: (.*)$/m.exec(answer.stdout)?.[1] ?? '[]') as { severity: string }[]
      const after = new Configs(objects(toDocuments(answer.stdout)), parse(policy))
      const before = new Configs(objects(resources), parse(policy))
      const seen: Configs[] = []
      const spy = Object.assign(
        async (configs: Configs) => {
          seen.push(configs)
          await kptFunctions[kind]?.(configs)
          expect(configs.getResults()).toHaveLength(results.length)
          after.addResults(...configs.getResults())
        },
        { usage: '' },
      )
      await new TestRunner(spy).assert(before, after)
      expect(seen).toHaveLength(1)
    })

    test('throws for configuration that does not fit', async () => {
      const unusable = new Configs(objects(resources), { ...parse(policy), spec: { nonsense: true } })
      // The SDK's own type, which the published types do not import.
      const kptFunction: KptFunc | undefined = kptFunctions[kind]
      await new TestRunner(kptFunction as KptFunc).assert(
        unusable,
        undefined,
        InputError,
        /spec\.nonsense: unknown key/,
      )
    })
  },
)
