import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { Build } from '../build/build.ts'
import { named } from '../build/scalable.ts'
import type { DeriveTarget, NamedRule } from '../config-derive.ts'
import { findings } from '../findings/index.ts'
import { evaluate } from './evaluate.ts'
import type { DerivedField, Placing, Value } from './field.ts'
import { argumentFields } from './target-argument.ts'
import { configMapFields } from './target-config-map.ts'
import { envFields } from './target-env.ts'
import { objectFields } from './target-object.ts'
import { asFindings, Claims, writeAt } from './write.ts'

// Rule: a value that follows from replicas is computed and written where it belongs, so that no two places can differ.
// The place must exist, except for an environment variable, which is added; a placeholder stays.

/** Computes and writes every value, in the order of the rules' names. */
export async function derive(build: Build, rules: readonly NamedRule[]): Promise<Finding[]> {
  const found: Finding[] = []
  const claims = new Claims()
  for (const rule of rules.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    found.push(...(await apply(build, rule, claims)))
  return found
}

async function apply(build: Build, rule: NamedRule, claims: Claims): Promise<Finding[]> {
  const from = named(build.scalables, rule.from)
  const namespaces = [...new Set(from.map(({ namespace }) => namespace))]
  const [namespace, another] = namespaces
  if (namespace === undefined)
    return [
      findings['nothing-to-count']({ field: { path: `${rule.name}.from` } }, rule.from, suggest(build, rule.from)),
    ]
  if (another !== undefined)
    return [
      findings['several-namespaces']({ field: { path: `${rule.name}.from` } }, rule.from, namespaces.join(' and ')),
    ]
  const details = { object: from[0]?.object }
  const evaluated = evaluate(build, rule, from)
  if (!evaluated) return []
  if ('refused' in evaluated) return [findings['not-computable'](details, rule.name, evaluated.refused)]
  if ('unknown' in evaluated) return [findings['not-computed'](details, rule.name, evaluated.unknown)]
  const { value, clamped } = evaluated
  return [
    ...(clamped ? [findings.clamped(details, rule.name, clamped.factor, clamped.count, clamped.text)] : []),
    ...(await write({ build, rule, namespace }, value, claims)),
  ]
}

const suggest = ({ scalables }: Build, name: string): string =>
  didYouMean(
    name,
    scalables.map((scalable) => (name.includes('/') ? `${scalable.kind}/${scalable.name}` : scalable.name)),
  )

async function write(placing: Placing, value: Value, claims: Claims): Promise<Finding[]> {
  const { rule, namespace } = placing
  return asFindings(rule, undefined, async () => {
    const fields = await fieldsOf(placing, rule.target)
    if (fields.length === 0 && !rule.optional)
      return [
        findings['target-not-found'](
          { field: { path: `${rule.name}.target` } },
          describeTarget(rule),
          namespace || '(none)',
        ),
      ]
    const found: Finding[] = []
    for (const field of fields) found.push(...(await writeAt(rule, field, value, claims)))
    return found
  })
}

async function fieldsOf(placing: Placing, { env, argument, configMap, object }: DeriveTarget): Promise<DerivedField[]> {
  if (env) return envFields(placing, env)
  if (argument) return argumentFields(placing, argument)
  if (configMap) return configMapFields(placing, configMap)
  return object ? objectFields(placing, object) : []
}

/** What was looked for, in words. */
function describeTarget({ from, target: { env, argument, configMap, object } }: NamedRule): string {
  if (env) return `workload ${env.workload ?? from}${env.container ? ` with a container ${env.container}` : ''}`
  if (argument) return `container of ${argument.workload ?? from} with the argument ${argument.flag}`
  if (configMap) return `ConfigMap${configMap.name ? ` ${configMap.name}` : ''} with the key ${configMap.key}`
  return `${object?.kind} ${object?.name ?? ''}`.trim()
}
