import { isActive, type ProposedCaller, type ProposedFlow } from '../flows.ts'
import { oneLine, scalar } from './scalar.ts'

const head = (
  name: string,
): string => `# Who calls whom, as the manifests say it. Behind each caller is the object and field that does. A flow is active if the
# manifests name its caller, destination and port. A flow in comments is a guess: uncomment it to accept it. Traffic that is
# in neither an active flow nor an accepted guess will be blocked.
#
#   namespace/workload:port, or external/host:port:
#     from: [workload, namespace/app, {namespace: other, labels: {app: name}}]
apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: ${scalar(name)}
spec:
  flows:
`

/** flows.yaml: a patch of the policy called `name`. Guesses are comments that become entries when their `# ` is removed. */
export const writeFlows = (flows: readonly ProposedFlow[], notes: readonly string[] = [], name = 'hardening'): string =>
  head(name) + flows.map(writeFlow).join('') + writeNotes(notes)

/** What no flow can say, for the reviewer of the file. */
const writeNotes = (notes: readonly string[]): string =>
  notes.length === 0 ? '' : `# To review:\n${notes.map((note) => `# - ${oneLine(note)}\n`).join('')}`

export function writeFlow(flow: ProposedFlow): string {
  const isComment = !isActive(flow)
  const { service, selector, plain, reason } = flow
  const needsReason = flow.callers.some(({ certain, caller }) => certain && isBroad(caller)) || isComment
  const lines = [
    `${scalar(flow.key)}:`,
    ...(service === undefined ? [] : [`  service: ${scalar(service)}`]),
    ...(selector === undefined ? [] : [`  selector: ${scalar(selector)}`]),
    ...(plain ? ['  plain: true # no Service carries the port'] : []),
    ...(reason === undefined ? [] : [`  ${needsReason ? '' : '# '}reason: ${scalar(oneLine(reason))}`]),
    '  from:',
  ]
  const write = flow.isMap ? writeEntry : writeCaller
  const callers = flow.callers.map((caller) => `  ${caller.certain || isComment ? '' : '# '}${write(caller)}`)
  return [...lines, ...callers].map((line) => `    ${isComment ? '# ' : ''}${line}\n`).join('')
}

const isBroad = (caller: ProposedCaller['caller']): boolean =>
  caller === 'any' || (typeof caller === 'string' && caller.endsWith('/*'))

/** An entry of a map of callers; one by labels has a name of its own. */
function writeEntry({ caller, sources }: ProposedCaller): string {
  const name = typeof caller === 'string' ? caller : [caller.namespace, ...Object.values(caller.labels)].join('-')
  const entry = typeof caller === 'string' ? '{}' : scalar(caller)
  return `  ${scalar(name)}: ${entry} # ${oneLine(sources.join('; '))}`
}

const writeCaller = ({ caller, sources }: ProposedCaller): string =>
  `- ${scalar(caller)} # ${oneLine(sources.join('; '))}`
