import { isOff } from '../lib/framework/config.ts'
import type { Finding, Severity } from '../lib/framework/finding.ts'
import { unknownKeys } from '../lib/framework/unknown-keys.ts'
import type { FluxConventionsSpec } from './config.ts'
import { findings, ruleFinding } from './findings.ts'
import { type RuleName, rules } from './rules/index.ts'
import type { Rule, Violation } from './rules/rule.ts'
import type { Entry, Tree } from './tree/tree.ts'

/** A violation that the policy neither turns off nor allows. */
interface Broken {
  rule: Rule
  violation: Violation
}

/** Finds every way in which a tree breaks the conventions. With `fix: true`, what is safe is repaired in the objects. */
export function judge(tree: Tree, spec: FluxConventionsSpec): Finding[] {
  const namespaces = new Map(tree.entries.map(({ object, namespace }) => [object, namespace]))
  const allowed: Finding[] = []
  const broken: Broken[] = []
  for (const rule of rules as readonly Rule[]) {
    if (isOff(spec.rules?.[rule.name as RuleName]?.severity)) continue
    for (const violation of rule.violations(tree, spec)) {
      const { object } = violation
      const reason = reasonFor(spec, rule, object.kind, object.metadata.name, namespaces.get(object))
      if (reason === undefined) broken.push({ rule, violation })
      else allowed.push(ruleFinding(rule, { ...detailsOf(violation), severity: 'info' }, violation, reason))
    }
  }
  return [...broken.map((one) => report(one, spec)), ...allowed, ...unknownExceptions(tree, spec)]
}

function report({ rule, violation }: Broken, spec: FluxConventionsSpec): Finding {
  if (spec.fix && violation.repair) {
    violation.repair()
    return findings.repaired(detailsOf(violation), rule.name, violation)
  }
  const severity =
    (spec.rules?.[rule.name as RuleName]?.severity as Severity | undefined) ?? violation.severity ?? rule.severity
  return ruleFinding(rule, { ...detailsOf(violation), severity }, violation)
}

const detailsOf = ({ object, path }: Violation) => ({ object, ...(path !== undefined && { field: { path } }) })

function reasonFor(
  { exceptions }: FluxConventionsSpec,
  rule: Rule,
  kind: string,
  name: string,
  namespace: string | undefined,
): string | undefined {
  if (!exceptions) return undefined
  const key = keysOf(kind, name, namespace).find((one) => exceptions[one]?.[rule.name as RuleName] !== undefined)
  return key === undefined ? undefined : exceptions[key]?.[rule.name as RuleName]
}

/** The keys by which a policy may name an object. */
const keysOf = (kind: string, name: string, namespace: string | undefined): string[] => [
  ...(namespace === undefined ? [] : [`${kind}/${namespace}/${name}`]),
  `${kind}/${name}`,
  name,
]

const unknownExceptions = ({ entries }: Tree, { exceptions }: FluxConventionsSpec): Finding[] =>
  unknownKeys(findings['unknown-key'], 'exceptions', exceptions, {
    what: 'object',
    names: exceptions ? entries.flatMap(namesOf) : [],
  })

const namesOf = ({ object, namespace }: Entry): string[] => keysOf(object.kind, object.metadata.name, namespace)
