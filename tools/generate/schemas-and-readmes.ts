import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import * as z from 'zod/mini'
import { catalog } from '../../functions/catalog.ts'
import { hardeningSchema } from '../../functions/hardening/config.ts'
import { SHARED, WHOLE } from '../../functions/hardening/shared-fields.ts'
import { CHART_LOCK, chartLockSchema } from '../../functions/lib/charts/chart-lock.ts'
import { API_VERSION } from '../../functions/lib/framework/config.ts'
import { asZod } from '../../functions/lib/framework/lazy-zod.ts'
import type { Schema } from '../../functions/lib/framework/schema.ts'
import { PUBLISHED_IMAGE } from '../../functions/lib/runner/published-image.ts'
import { announcedPage } from './announced.ts'
import { configTable, type JsonSchema } from './config-table.ts'
import { findingsPage } from './findings.ts'
import { operatorsPage } from './operators.ts'

/** Everything about a functionConfig kind that is published: all of it follows from the zod object. */
interface Published {
  name: string
  kind: string
  description: string
  schema: Schema<unknown>
}

const KINDS: readonly Published[] = [
  {
    name: 'hardening',
    kind: 'Hardening',
    description: 'Runs the functions of the catalogue, one section each, in one pass over the build.',
    schema: hardeningSchema as Schema<unknown>,
  },
  ...(catalog as readonly Published[]),
]

const CHART_LOCK_SCHEMA: Published = {
  name: 'chart-lock',
  kind: CHART_LOCK,
  description: 'What the chart of a HelmRelease renders. `krm-hardening lock --chart` makes it.',
  schema: chartLockSchema as unknown as Schema<unknown>,
}

/** Text of every generated file by its path from the project's root. */
export function generate(root: string): Map<string, string> {
  return new Map([
    ['README.md', withBeforeAfter(root)],
    ['docs/findings.md', findingsPage(root)],
    ['docs/announced.md', announcedPage(root)],
    ['docs/operators.md', operatorsPage()],
    [jsonSchemaFile(CHART_LOCK_SCHEMA), jsonSchema(CHART_LOCK_SCHEMA)],
    ...KINDS.flatMap((published): [string, string][] => [
      [jsonSchemaFile(published), jsonSchema(published)],
      [
        `schemas/${published.name}.definition.yaml`,
        stringify(definition(published), { lineWidth: 0, aliasDuplicateObjects: false }),
      ],
      [`functions/${published.name}/README.md`, withConfigTable(root, published)],
    ]),
  ])
}

const jsonSchemaFile = ({ name }: Published): string => `schemas/${name}.schema.json`

const jsonSchema = (published: Published): string => `${JSON.stringify(objectSchema(published), null, 2)}\n`

function objectSchema(published: Published): JsonSchema {
  const { kind, description } = published
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: kind,
    description,
    type: 'object',
    properties: {
      apiVersion: { const: API_VERSION },
      kind: { const: kind },
      metadata: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      spec: specOf(published, 'draft-2020-12'),
    },
    required: ['apiVersion', 'kind', 'metadata'],
    additionalProperties: false,
  }
}

/** `spec` of a functionConfig of the kind. A single kind also takes the Hardening of which it is a part. */
function specOf({ kind, schema }: Published, target: 'draft-2020-12' | 'openapi-3.0'): JsonSchema {
  const spec = specSchema(schema, target)
  if (!catalog.some((single) => single.kind === kind)) return spec
  const whole = {
    description: `\`spec\` of the Hardening from which components/single-functions makes this object: ${SHARED.join(', ')} and mode are read`,
    type: 'object',
  }
  return { ...spec, properties: { ...spec.properties, [WHOLE]: whole } }
}

function specSchema(schema: Schema<unknown>, target: 'draft-2020-12' | 'openapi-3.0'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(asZod(schema) as z.ZodMiniType, {
    io: 'input',
    target,
    unrepresentable: 'any',
  }) as JsonSchema
  return rest
}

/** Source: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md, KRMFunctionDefinition. */
function definition(published: Published): object {
  const { name, kind, description } = published
  return {
    apiVersion: 'config.kubernetes.io/v1alpha1',
    kind: 'KRMFunctionDefinition',
    metadata: { name: `${name}.krm-hardening.dev` },
    spec: {
      group: 'krm-hardening.dev',
      names: { kind },
      description,
      publisher: 'krm-hardening.dev',
      versions: [
        {
          name: 'v1alpha1',
          idempotent: true,
          license: 'Apache-2.0',
          runtime: { container: { image: PUBLISHED_IMAGE } },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: specOf(published, 'openapi-3.0'),
              },
            },
          },
        },
      ],
    },
  }
}

const CONFIG = /(<!-- config:start -->\n)[\s\S]*?(<!-- config:end -->)/

function withConfigTable(root: string, published: Published): string {
  const { name } = published
  const path = join(root, 'functions', name, 'README.md')
  const readme = readFileSync(path, 'utf8')
  if (!CONFIG.test(readme)) throw new Error(`${path}: expected the lines <!-- config:start --> and <!-- config:end -->`)
  return readme
    .replace(
      CONFIG,
      (_, start: string, end: string) =>
        `${start}${configTable(withSectionsLinked(specOf(published, 'draft-2020-12')))}${end}`,
    )
    .replace(EXAMPLES, (_, start: string, end: string) => `${start}${exampleList(join(path, '../examples'))}${end}`)
}

/** The sections of a Hardening are documented once, by their functions. */
function withSectionsLinked(schema: JsonSchema): JsonSchema {
  const sections = catalog
    .filter(({ section }) => schema.properties?.[section])
    .map(({ section, name }) => [
      section,
      { type: 'object', description: `[${name}](../${name}/README.md#configuration)` },
    ])
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(sections) } }
}

const EXAMPLES = /(<!-- examples:start -->\n)[\s\S]*?(<!-- examples:end -->)/

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .match(/[a-z0-9]+/g)
    ?.join(' ') ?? ''

/** Each example, with what it shows: the comment in the first line of its policy.yaml. */
function exampleList(folder: string): string {
  const lines = readdirSync(folder)
    .sort()
    .map((name) => {
      const sentence = /^# (.*)\n/.exec(readFileSync(join(folder, name, 'policy.yaml'), 'utf8'))?.[1]
      if (sentence === undefined || wordsOf(sentence) === wordsOf(name))
        throw new Error(
          `${folder}/${name}/policy.yaml: expected a comment in the first line that says what it shows, and more than its name`,
        )
      return `- [${name}](examples/${name}): ${sentence}\n`
    })
  return lines.join('')
}

const BEFORE_AFTER = /(<!-- before-after:start -->\n)[\s\S]*?(<!-- before-after:end -->)/
const EXAMPLE = 'functions/hardening/examples/one-policy-hardens-a-whole-application'

/** One workload before and after, from an example that the tests run. */
function withBeforeAfter(root: string): string {
  const documents = (file: string): string[] => readFileSync(join(root, EXAMPLE, file), 'utf8').split(/^---\n/m)
  const deployment = (file: string): string => documents(file).find((text) => /^kind: Deployment$/m.test(text)) ?? ''
  const generated = documents('expected.yaml').filter((text) => text.includes('krm-hardening.dev/generated-by'))
  const names = generated.map((text) => `${/^kind: (.*)$/m.exec(text)?.[1]} \`${/^ {2}name: (.*)$/m.exec(text)?.[1]}\``)
  const block = [
    `<details>\n<summary>One Deployment, before and after</summary>`,
    `From [an example](${EXAMPLE}) that the tests run. Before:`,
    `\`\`\`yaml\n${deployment('resources.yaml')}\`\`\``,
    'After:',
    `\`\`\`yaml\n${deployment('expected.yaml')}\`\`\``,
    `Generated next to it: ${names.join(', ')}.`,
    '</details>',
  ].join('\n\n')
  return readFileSync(join(root, 'README.md'), 'utf8').replace(
    BEFORE_AFTER,
    (_, start: string, end: string) => `${start}${block}\n${end}`,
  )
}

/** Writes the generated files that are named. The tests fail where a file is not what this writes. */
export function writeGenerated(root: string, isNamed: (path: string) => boolean): void {
  for (const [path, content] of generate(root)) if (isNamed(path)) writeFileSync(join(root, path), content)
}
