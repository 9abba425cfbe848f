import { findingKinds, type Severity } from '../../functions/lib/framework/finding.ts'
import { describe } from '../../functions/lib/kubernetes/objects.ts'
import { version } from '../../package.json'
import type { StackFinding } from '../policy/verify.ts'
import type { SourceLine } from '../render/origins.ts'

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }
const INFORMATION = 'https://github.com/hippocampus-dev/krm-hardening'

/**
 * Findings as a SARIF log, so that a pull request shows them at their files. `sourceOf` finds the file of a finding.
 * Values of fields are left out. Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function findingsAsSarif(
  findings: readonly StackFinding[],
  sourceOf: (finding: StackFinding) => SourceLine,
): object {
  const ids = [...new Set(findings.map(ruleOf))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'krm-hardening', version, informationUri: INFORMATION, rules: ids.map(rule) } },
        results: findings.map((one) => result(one, ids, sourceOf(one))),
      },
    ],
  }
}

const ruleOf = ({ finding }: StackFinding): string => finding.id

function rule(id: string): object {
  const kind = findingKinds.get(id)
  if (!kind) return { id }
  return {
    id,
    shortDescription: { text: kind.means },
    fullDescription: { text: kind.why },
    help: { text: kind.fix },
    defaultConfiguration: { level: LEVELS[kind.severity] },
  }
}

function result(stackFinding: StackFinding, ids: readonly string[], { path, line }: SourceLine): object {
  const { finding } = stackFinding
  const object = finding.object && describe(finding.object)
  return {
    ruleId: ruleOf(stackFinding),
    ruleIndex: ids.indexOf(ruleOf(stackFinding)),
    level: LEVELS[finding.severity],
    message: { text: [object, finding.field?.path, finding.message].filter(Boolean).join(': ') },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(path) }, region: { startLine: line } },
        ...(object && { logicalLocations: [{ fullyQualifiedName: object, kind: 'object' }] }),
      },
    ],
  }
}
