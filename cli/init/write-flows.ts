import { stringify } from 'yaml'
import { isActive, type ProposedCaller, type ProposedFlow } from './flows.ts'

const HEAD = `# Who calls whom, as the manifests say it; each caller with the object and field that does. Active is what they name with
# caller, destination and port. What stands in comments is a guess: take it in, or out.
#
#   namespace/workload:port, or external/host:port:
#     from: [workload, namespace/app, {namespace: other, labels: {app: name}}]
apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
spec:
  flows:
`

/** flows.yaml: a patch of the policy. Guesses are comments that become entries when their \`# \` is taken away. */
export const writeFlows = (flows: readonly ProposedFlow[]): string => HEAD + flows.map(writeFlow).join('')

function writeFlow(flow: ProposedFlow): string {
  const isComment = !isActive(flow)
  const { service, plain, reason } = flow
  const needsReason = flow.callers.some(({ certain, caller }) => certain && isBroad(caller)) || isComment
  const head = [
    `${scalar(flow.key)}:`,
    ...(service === undefined ? [] : [`  service: ${scalar(service)}`]),
    ...(plain ? ['  plain: true # no Service carries the port'] : []),
    ...(reason === undefined ? [] : [`  ${needsReason ? '' : '# '}reason: ${scalar(reason)}`]),
    '  from:',
  ]
  const callers = flow.callers.map((caller) => `  ${caller.certain || isComment ? '' : '# '}${writeCaller(caller)}`)
  return [...head, ...callers].map((line) => `    ${isComment ? '# ' : ''}${line}\n`).join('')
}

const isBroad = (caller: ProposedCaller['caller']): boolean =>
  caller === 'any' || (typeof caller === 'string' && caller.endsWith('/*'))

const writeCaller = ({ caller, sources }: ProposedCaller): string =>
  `- ${scalar(caller)} # ${sources.join('; ').replaceAll(/\s+/g, ' ')}`

/** On one line, quoted where YAML needs it. */
const scalar = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0, version: '1.1' }).trim()
