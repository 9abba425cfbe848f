import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import { error, type Finding, info, warning } from '../../lib/framework/finding.ts'
import type { Build } from '../build.ts'
import { named } from '../replicas/scalable.ts'
import { Claims } from './claims.ts'
import { evaluate } from './evaluate.ts'
import type { Place, Placing, Value } from './field.ts'
import type { NamedRule, Target } from './rule.ts'
import { argumentPlaces } from './target-argument.ts'
import { configMapPlaces } from './target-config-map.ts'
import { envPlaces } from './target-env.ts'
import { objectPlaces } from './target-object.ts'
import { asFindings, writeAt } from './write.ts'

// Rule: a value that follows from replicas is computed and written where it belongs, so that no two places can differ.
// The place must be there, but for an environment variable, which is added; a placeholder stays for what fills it in.

/** Computes and writes every value, in the order of the rules' names. */
export async function derive(build: Build, rules: readonly (NamedRule & { optional?: true })[]): Promise<Finding[]> {
  const findings: Finding[] = []
  const claims = new Claims()
  for (const rule of rules.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    findings.push(...(await apply(build, rule, claims)))
  return findings
}

async function apply(build: Build, rule: NamedRule & { optional?: true }, claims: Claims): Promise<Finding[]> {
  const from = named(build.scalables, rule.from)
  const namespaces = [...new Set(from.map(({ namespace }) => namespace))]
  const [namespace, another] = namespaces
  if (namespace === undefined)
    return [error(`${rule.name}.from: found nothing called ${rule.from}${suggest(build, rule.from)}`)]
  if (another !== undefined)
    return [error(`${rule.name}.from: found ${rule.from} in ${namespaces.join(' and ')}, expected it in one namespace`)]
  const evaluated = evaluate(build, rule, from)
  if (!evaluated) return []
  if ('refused' in evaluated) return [error(`${rule.name}: ${evaluated.refused}`, { object: from[0]?.object })]
  if ('unknown' in evaluated)
    return [info(`${rule.name}: not computed from ${evaluated.unknown}`, { object: from[0]?.object })]
  const clamped = evaluated.clamped ? [warning(`${rule.name}: ${evaluated.clamped}`, { object: from[0]?.object })] : []
  return [...clamped, ...(await write({ build, rule, namespace }, evaluated.value, claims, rule.optional))]
}

const suggest = ({ scalables }: Build, name: string): string =>
  didYouMean(
    name,
    scalables.map((scalable) => (name.includes('/') ? `${scalable.kind}/${scalable.name}` : scalable.name)),
  )

async function write(placing: Placing, value: Value, claims: Claims, optional: true | undefined): Promise<Finding[]> {
  const { rule, namespace } = placing
  return asFindings(rule, undefined, async () => {
    const places = placesOf(placing, rule.target)
    if (places.length === 0 && !optional)
      return [
        error(
          `${rule.name}.target: found no ${describeTarget(rule)} in namespace ${namespace || '(none)'}; add it, or mend the target`,
        ),
      ]
    const findings: Finding[] = []
    for (const place of places) findings.push(...(await writeAt(rule, place, value, claims)))
    return findings
  })
}

function placesOf(placing: Placing, { env, argument, configMap, object }: Target): Place[] {
  if (env) return envPlaces(placing, env)
  if (argument) return argumentPlaces(placing, argument)
  if (configMap) return configMapPlaces(placing, configMap)
  return object ? objectPlaces(placing, object) : []
}

/** What was looked for, in words. */
function describeTarget({ from, target: { env, argument, configMap, object } }: NamedRule): string {
  if (env) return `workload ${env.workload ?? from}${env.container ? ` with a container ${env.container}` : ''}`
  if (argument) return `container of ${argument.workload ?? from} with the argument ${argument.flag}`
  if (configMap) return `ConfigMap${configMap.name ? ` ${configMap.name}` : ''} with the key ${configMap.key}`
  return `${object?.kind} ${object?.name ?? ''}`.trim()
}
