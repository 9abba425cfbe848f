import { offSchema } from '../lib/framework/config.ts'
import { didYouMean } from '../lib/framework/did-you-mean.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { ruleShape } from './config-derive.ts'
import { presetOf, presets } from './presets/index.ts'

const name = z.string().check(z.minLength(1))

const valueSchema = z
  .union([
    offSchema,
    z.strictObject({
      template: ruleShape.template,
      separator: ruleShape.separator,
      hosts: ruleShape.hosts,
      target: z.optional(ruleShape.target).check(z.describe('Where the value is written')),
    }),
  ])
  .check(z.describe('`off` for a value that something else writes, or its own settings'))

const ownSchema = z
  .strictObject({
    prefix: z.optional(z.string()).check(z.describe("Prefix of the names of its objects; the default is the preset's")),
    parts: z
      .optional(z.record(name, z.union([offSchema, name])))
      .check(z.describe('Names of its objects, by part, or `off` for a part that the build does not have')),
    values: z.optional(z.record(name, valueSchema)).check(z.describe('Its values, by name')),
  })
  .check(z.describe('One preset, `mimir`, or `mimir/name` for a second one'))
export type PresetSpec = z.infer<typeof ownSchema>

/** Keys that no schema can list, because they depend on the preset: its parts and values. */
const known = z.check<Record<string, PresetSpec>>((context) => {
  for (const [key, spec] of Object.entries(context.value)) {
    const preset = presetOf(key)
    const refuse = (path: string[], written: string, candidates: readonly string[]): void => {
      const message = `one of ${candidates.join(', ')}${didYouMean(written, candidates)}`
      context.issues.push({ code: 'custom', input: context.value, path: [key, ...path], message })
    }
    if (!preset) refuse([], key, Object.keys(presets))
    for (const field of preset ? (['parts', 'values'] as const) : [])
      for (const written of Object.keys(spec[field] ?? {}))
        if (!Object.hasOwn(preset?.[field] ?? {}, written))
          refuse([field, written], written, Object.keys(preset?.[field] ?? {}))
  }
})

export const presetsSchema = z.record(name, ownSchema).check(known)
