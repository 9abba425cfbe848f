import { isDeepStrictEqual } from 'node:util'
import { isMap, isNode, parseDocument } from 'yaml'
import { type CallerSpec, type FlowSpec, writtenCallers } from '../../../functions/lib/flows/schema.ts'
import { isFields } from '../../../functions/lib/kubernetes/objects.ts'
import { display } from '../../display.ts'
import { Failure } from '../../exit-code.ts'
import { isActive, type ProposedFlow } from '../flows.ts'
import { writeFlow } from './flows.ts'

/**
 * The text of a flows.yaml with more flows at its end; every byte that was there stays. Throws Failure (2) for a file whose last
 * field is not `spec.flows`, because what is appended would then mean something else.
 */
export function withFlows(text: string, flows: readonly ProposedFlow[], file: string): string {
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`
  // A key cannot be in the file twice, so a person has to add the new callers of an existing flow.
  const known = Object.keys(flowsIn(text) ?? {})
  const blocks = flows.map((flow) => (known.includes(flow.key) ? commented(flow) : writeFlow(flow)))
  const after = `${start}${blocks.join('')}`
  const added = flows.filter((flow) => isActive(flow) && !known.includes(flow.key)).map(({ key }) => key)
  const read = flowsIn(after)
  if (read && isDeepStrictEqual(Object.keys(read), [...known, ...added])) return after
  throw new Failure(
    `${display(file)}: found no place for ${flows.length} new flows; expected spec.flows as its last field, in block style with the keys indented by four spaces`,
  )
}

const commented = (flow: ProposedFlow): string =>
  writeFlow({ ...flow, callers: flow.callers.filter(({ isKnown }) => !isKnown) })
    .split('\n')
    .map((line) => (line.trim() === '' || line.trimStart().startsWith('#') ? line : line.replace(/^ {4}/, '    # ')))
    .join('\n')

/** A flow in comments, and a caller in comments below a flow that is none. */
const IN_COMMENTS = /^( {4}| {6})# (?=[ \w"'{*-])/gm

/**
 * The flows of a file, and the flows and callers in its comments, which a person has seen and not accepted. A flow that is in it
 * more than once has the callers of all.
 */
export function flowsInText(text: string): Record<string, unknown> {
  const document = parseDocument(text.replaceAll(IN_COMMENTS, '$1'), { uniqueKeys: false })
  const flows = document.errors.length === 0 ? document.getIn(['spec', 'flows']) : undefined
  const found: Record<string, unknown> = {}
  for (const { key, value } of isMap(flows) ? flows.items : []) {
    const [name, flow] = [key, value].map((node) => (isNode(node) ? node.toJS(document) : node))
    if (typeof name !== 'string') continue
    const callers = [...callersOf(found[name]), ...callersOf(flow)]
    found[name] = { ...(isFields(flow) && flow), from: callers }
  }
  return found
}

function callersOf(flow: unknown): CallerSpec[] {
  const from = isFields(flow) ? flow.from : undefined
  const written = Array.isArray(from) || isFields(from) ? (from as FlowSpec['from']) : []
  return writtenCallers(written).map(({ caller }) => caller)
}

function flowsIn(text: string): Record<string, unknown> | undefined {
  const document = parseDocument(text)
  if (document.errors.length > 0) return undefined
  const flows = document.getIn(['spec', 'flows'])
  if (flows === null || flows === undefined) return {}
  const value: unknown = document.toJS()
  const spec = isFields(value) ? value.spec : undefined
  return isFields(spec) && isFields(spec.flows) ? spec.flows : undefined
}
