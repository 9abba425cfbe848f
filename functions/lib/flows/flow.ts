import type { Details } from '../framework/finding.ts'
import { canonicalHost } from '../kubernetes/cidr.ts'
import type { Labels } from '../kubernetes/selector.ts'
import type { Workload } from '../kubernetes/workload.ts'
import type { Protocol, WrittenPort } from './port.ts'
import {
  type CallerSpec,
  EVERY_PORT,
  EXTERNAL,
  type FlowSpec,
  type FlowsSpec,
  partsOf,
  writtenCallers,
} from './schema.ts'

/** The labels by which callers are written: `namespace/app/component`. */
export const APP = 'app.kubernetes.io/name'
export const COMPONENT = 'app.kubernetes.io/component'

/** Who may call by a flow, and the reason if one is given for this caller alone. */
export type Caller = Who & { reason?: string | undefined }

type Who =
  | { type: 'any' }
  | { type: 'self' }
  /** A workload of the callee's namespace, by name. */
  | { type: 'workload'; name: string }
  /** Pods of a namespace: all of them if no labels are given. */
  | { type: 'pods'; namespace: string; labels: Labels | undefined }

/** Traffic that is wanted: the destination and who may call it. */
export interface Flow extends WrittenPort {
  /** As written in the policy. Messages name a flow by it. */
  key: string
  /** A name outside the cluster, or a workload of a namespace; `*` is every workload of it. */
  destination: { type: 'external'; host: string } | { type: 'workload'; namespace: string; name: string }
  callers: readonly Caller[]
  /** Declared as `uncalled`: nobody may call it, which is checked. */
  expect: 'uncalled' | undefined
  plain: boolean
  service: string | undefined
  /** The port on the pods, as the policy says it to builds that do not see the Service. */
  podPort: number | undefined
  selector: Labels | undefined
  reason: string | undefined
}

/** The reason why every pod of a namespace, or everyone, may call: the flow's, else those of its callers. */
export const reasonOf = ({ reason, callers }: Flow): string | undefined =>
  reason ?? (callers.flatMap((caller) => caller.reason ?? []).join('; ') || undefined)

/** Tag of a finding that names the flow it is about. */
export const FLOW = 'flow'

/** What a finding about a flow carries, with the workload that it was found on, if any. */
export const about = ({ key }: Flow, workload?: Workload): Details => ({
  ...(workload && { object: workload.object }),
  tags: { [FLOW]: key },
})

/**
 * Flows in the order of their keys, so that nothing depends on how layers of policy were merged. If some callers use the
 * proxies and others bypass them, it becomes two flows with one key.
 */
export const parseFlows = (spec: FlowsSpec | undefined): Flow[] =>
  Object.keys(spec ?? {})
    .sort()
    .flatMap((key) => parseFlow(key, (spec as FlowsSpec)[key] as FlowSpec))

function parseFlow(key: string, spec: FlowSpec): Flow[] {
  const { namespace, name, port, endPort, protocol } = partsOf(key)
  const written = writtenCallers(spec.from).map(({ plain = spec.plain, ...caller }) => ({ plain, caller }))
  return [false, true].flatMap((plain) => {
    const callers = written.filter((one) => Boolean(one.plain) === plain).map(({ caller }) => caller)
    if (callers.length === 0 && (plain || spec.expect === undefined)) return []
    return [
      {
        key,
        destination:
          namespace === EXTERNAL
            ? { type: 'external', host: canonicalHost(name) }
            : { type: 'workload', namespace, name },
        port: /^\d+$/.test(port) ? Number(port) : port,
        ...(endPort !== undefined && { endPort: Number(endPort) }),
        protocol: protocol?.toUpperCase() as Protocol | undefined,
        callers: callers.map(({ caller, reason }) => ({
          ...parseCaller(caller),
          ...(reason !== undefined && { reason }),
        })),
        expect: spec.expect,
        plain,
        service: spec.service,
        podPort: spec.podPort,
        selector: spec.selector,
        reason: spec.reason,
      },
    ]
  })
}

function parseCaller(caller: CallerSpec): Who {
  if (typeof caller !== 'string') return { type: 'pods', ...caller }
  if (caller === 'any' || caller === 'self') return { type: caller }
  const [namespace = '', app, component] = caller.split('/')
  if (app === undefined) return { type: 'workload', name: namespace }
  if (app === '*') return { type: 'pods', namespace, labels: undefined }
  return { type: 'pods', namespace, labels: { [APP]: app, ...(component !== undefined && { [COMPONENT]: component }) } }
}

/** A caller in the form in which flows are written. */
export function writeCaller(namespace: string, labels: Labels): string {
  const keys = Object.keys(labels)
  if (keys.length === 0) return `${namespace}/*`
  const isPlain = labels[APP] !== undefined && keys.every((key) => key === APP || key === COMPONENT)
  return isPlain ? writePods(namespace, labels) : JSON.stringify({ namespace, labels })
}

const writePods = (namespace: string, { [APP]: app, [COMPONENT]: component }: Labels): string =>
  [namespace, app ?? '*', component].filter((part) => part !== undefined).join('/')

/** Does a flow go to every port of every workload of a namespace? Then its callers name the namespace, and not each of them. */
export const isWholeNamespace = ({ destination, port, selector }: Flow): boolean =>
  destination.type === 'workload' && destination.name === '*' && port === EVERY_PORT && !selector
