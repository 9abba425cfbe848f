import * as z from '../lib/framework/lazy-zod.ts'

/** How a value follows from a factor and a number of replicas; evaluate.ts computes them. */
export const FORMULAS = ['count', 'factor', 'min(factor, count)', 'quorum', 'quorum(factor)', 'members'] as const
export type Formula = (typeof FORMULAS)[number]

/** What a template of `members` may name. */
export const TEMPLATE_KEYS = ['name', 'index', 'pod', 'service', 'namespace', 'host'] as const

const name = z.string().check(z.minLength(1))

const pathSchema = z
  .union([name, z.array(z.union([z.string(), z.int()])).check(z.minLength(1))])
  .check(z.describe('Keys joined by dots, or a list of keys and indices where a key holds a dot'))

const envSchema = z.strictObject({
  workload: z.optional(name).check(z.describe('Workload whose containers get it; default the one of `from`')),
  container: z.optional(name).check(z.describe('Container; default those that have it, else the first')),
  name: name.check(z.describe('Name of the environment variable; added where no container has it')),
})

const argumentSchema = z.strictObject({
  workload: z.optional(name).check(z.describe('Workload whose containers have it; default the one of `from`')),
  container: z.optional(name).check(z.describe('Container; default every one that has it')),
  flag: name.check(
    z.describe('Flag that has the value, as in `--initial-cluster`; `$(NAME)` is followed to that variable'),
  ),
  part: z
    .optional(z.string().check(z.regex(/\{value\}/, 'a text with {value} in it')))
    .check(z.describe('The part of the argument that changes, as in `replicas:{value}`; default all of it')),
})

const configMapSchema = z
  .strictObject({
    name: z
      .optional(name)
      .check(z.describe('Name of the ConfigMap without hash, may hold `*`; default every one with the key')),
    key: name.check(z.describe('Key of `data` that has the text')),
    path: z.optional(pathSchema).check(z.describe('Path in a YAML or TOML text; it must exist there')),
    line: z
      .optional(z.string().check(z.regex(/\{value\}/, 'a text with {value} in it')))
      .check(z.describe('Line of any other text, `*` for a word, as in `sentinel monitor * * * {value}`')),
  })
  .check(z.refine(({ path, line }) => (path === undefined) !== (line === undefined), 'either path or line'))

const objectSchema = z.strictObject({
  kind: name.check(z.describe('Kind of the object')),
  name: z.optional(name).check(z.describe('Name of the object, may hold `*`; default every one of the kind')),
  labels: z.optional(z.record(z.string(), z.string())).check(z.describe('Labels that the object must carry')),
  path: pathSchema.check(z.describe('Path in the object; where it meets a text, the rest is a path in that text')),
})

const targetSchema = z
  .strictObject({
    env: z.optional(envSchema).check(z.describe('An environment variable')),
    argument: z.optional(argumentSchema).check(z.describe('The value of a command-line flag, or a part of it')),
    configMap: z.optional(configMapSchema).check(z.describe('A value in the text of a ConfigMap')),
    object: z
      .optional(objectSchema)
      .check(z.describe('A field of any object, such as a custom resource or the hosts of a ServiceEntry')),
  })
  .check(
    z.refine((target) => Object.values(target).filter((one) => one !== undefined).length === 1, 'exactly one target'),
    z.describe('Where the value is written'),
  )

const UNKNOWN_KEY = new RegExp(`(?<!\\$)\\{(?!(?:${TEMPLATE_KEYS.join('|')})\\})\\w+\\}`)

export const ruleShape = {
  from: name.check(z.describe('What is counted: a name, `Kind/name` or a pattern with `*`, whose replicas are summed')),
  formula: z.enum(FORMULAS).check(z.describe('How the value is computed')),
  template: z
    .optional(
      z.string().check(
        z.minLength(1),
        z.refine(
          (text) => !UNKNOWN_KEY.test(text),
          `a template of ${TEMPLATE_KEYS.map((key) => `{${key}}`).join(', ')}`,
        ),
      ),
    )
    .check(z.describe('One member, with {name}, {index}, {pod}, {service}, {namespace}, {host}')),
  separator: z
    .optional(z.string())
    .check(z.describe('Joins the members; default `,` in variables and arguments, a list elsewhere')),
  hosts: z.optional(z.array(name)).check(z.describe('The values of {host}, one for each member, in order')),
  target: targetSchema,
}

/** One value that follows from the replicas of a workload. */
export const ruleSchema = z.strictObject(ruleShape).check(
  z.refine(({ formula, template }) => (formula === 'members') === (template !== undefined), {
    error: 'a template for the formula members, and for no other',
  }),
  z.describe('One value'),
)
export type DeriveRule = z.infer<typeof ruleSchema>
export type DeriveTarget = DeriveRule['target']

/** A rule with its name in the policy, for messages. */
export interface NamedRule extends DeriveRule {
  name: string
  /** Nothing to write to is fine. */
  optional?: true
  /** More paths in the text of a ConfigMap. The value is written to each path that the text has. */
  otherPaths?: readonly string[]
}

/** The keys of a path that may be written with dots. */
export const keysOf = (path: string | readonly (string | number)[]): readonly (string | number)[] =>
  typeof path === 'string' ? path.split('.') : path
