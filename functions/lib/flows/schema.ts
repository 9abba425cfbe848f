import { reasonSchema } from '../framework/config.ts'
import * as z from '../framework/lazy-zod.ts'
import { ipVersionOf } from '../kubernetes/cidr.ts'

const labelsSchema = z.record(z.string(), z.string())

/** An empty component is the label without a value; `*` is every pod of a namespace, and never part of a name. */
const CALLER = /^(?:any|self|[^/*\s]+(?:\/(?:\*|[^/*\s]+(?:\/[^/*\s]*)?))?)$/
const A_CALLER = 'a caller such as workload, namespace/app, namespace/app/component, namespace/*, self or any'

const podsFields = {
  namespace: z.string().check(z.describe('Namespace of the caller')),
  labels: labelsSchema.check(z.describe('Labels of its pods')),
}
const callerSchema = z.union([z.string().check(z.regex(CALLER, A_CALLER)), z.strictObject(podsFields)])
export type CallerSpec = z.infer<typeof callerSchema>

/** What a map of callers says about one caller; `null` is a caller that a layer has removed. */
const callerEntrySchema = z
  .nullable(
    z
      .strictObject({
        namespace: z.optional(podsFields.namespace),
        labels: z.optional(podsFields.labels),
        plain: z
          .optional(z.boolean())
          .check(
            z.describe('As `plain` of the flow, for this caller: some may call past the proxies, others through them'),
          ),
        reason: z.optional(reasonSchema),
      })
      .check(
        z.refine(
          ({ namespace, labels }) => (namespace === undefined) === (labels === undefined),
          'namespace and labels together',
        ),
      ),
  )
  .check(z.describe('One caller, as `{}`, or `null` for none'))
type CallerEntry = z.infer<typeof callerEntrySchema>

const namesCaller = (name: string, entry: CallerEntry): boolean =>
  entry === null || entry.labels !== undefined || CALLER.test(name)

/** A map, so that a layer of policy can add or remove one caller without repeating the others. */
const callerMapSchema = z.record(z.string(), callerEntrySchema).check(
  z.refine(
    (from) => Object.values(from).some((entry) => entry !== null),
    'at least one caller; null for the flow takes it away',
  ),
  z.refine(
    (from) => Object.entries(from).every(([name, entry]) => namesCaller(name, entry)),
    `keys that are ${A_CALLER}, or names of your own for namespace and labels`,
  ),
)

export const flowSchema = z
  .strictObject({
    from: z
      .optional(z.union([z.array(callerSchema).check(z.minLength(1)), callerMapSchema]))
      .check(
        z.describe(
          'Who may call: `workload` (same namespace), `namespace/app`, `namespace/app/component`, `namespace/*`, `{namespace, labels}`, `self`, or `any` with a reason. As a list, or as a map of callers to `{}`, which layers of policy merge',
        ),
      ),
    expect: z
      .optional(z.literal('uncalled'))
      .check(z.describe('`uncalled`, in place of `from` and with a reason: nobody is to call this port')),
    plain: z._default(z.boolean(), false).check(z.describe('The traffic bypasses the mesh proxies on both sides')),
    service: z
      .optional(z.string())
      .check(
        z.describe(
          'Service by which the destination is called, where several select it or pods are dialled by address',
        ),
      ),
    podPort: z
      .optional(z.int().check(z.gte(1), z.lte(65535)))
      .check(
        z.describe(
          'Port of the pods, if the key gives the port of a Service: builds that lack the Service cannot translate it',
        ),
      ),
    selector: z
      .optional(labelsSchema.check(z.refine((labels) => Object.keys(labels).length > 0, 'at least one label')))
      .check(z.describe('Labels of pods that are made at run time, and so are in no manifest')),
    reason: z.optional(reasonSchema),
  })
  .check(
    z.refine(({ from, expect }) => (from === undefined) === (expect !== undefined), {
      path: ['from'],
      error: 'callers, or expect: uncalled in place of them',
    }),
    z.refine(({ expect, reason }) => expect === undefined || reason !== undefined, 'a reason next to expect: uncalled'),
    z.describe('One destination, and who may call it'),
  )
export type FlowSpec = z.infer<typeof flowSchema>

/** A caller in its short form, with the settings that a map of callers gives it. */
export interface WrittenCaller {
  caller: CallerSpec
  /** undefined: as the flow says. */
  plain?: boolean | undefined
  reason?: string | undefined
}

/** The callers of a flow, whether it lists or maps them. */
export const writtenCallers = (from: FlowSpec['from'] = []): WrittenCaller[] =>
  Array.isArray(from)
    ? from.map((caller) => ({ caller }))
    : Object.entries(from).flatMap(([name, entry]) => {
        if (entry === null) return []
        const { namespace, labels, ...rest } = entry
        return [{ caller: namespace !== undefined && labels ? { namespace, labels } : name, ...rest }]
      })

/** The namespace of hosts outside the cluster. */
export const EXTERNAL = 'external'

/** The port of a flow to every port of its pods. */
export const EVERY_PORT = '*'

/** The parts of a flow's key as written, but an IPv6 address without its brackets. */
interface KeyParts {
  namespace: string
  name: string
  port: string
  endPort: string | undefined
  protocol: string | undefined
}

const FLOW_KEY =
  /^(?<namespace>[^/*\s]+)\/(?:(?<name>[^/:\s[\]]+)|\[(?<address>[0-9a-f:.]+)\]):(?:(?<first>\d+)-(?<last>\d+)|(?<port>[a-z0-9-]+|\*))(?:\/(?<protocol>tcp|udp|sctp))?$/

/** `namespace/name:port/protocol` in its parts; the schema has accepted the key. */
export function partsOf(key: string): KeyParts {
  const { namespace = '', name, address, first, last, port, protocol } = FLOW_KEY.exec(key)?.groups ?? {}
  return { namespace, name: name ?? address ?? '', port: first ?? port ?? '', endPort: last, protocol }
}

const onlyIfParsed =
  (test: (parts: KeyParts) => boolean) =>
  (key: string): boolean =>
    !FLOW_KEY.test(key) || test(partsOf(key))

/** A host that a ServiceEntry can register. Any part of it may be a placeholder. */
const HOST = /^(?:\*\.)?(?:[a-z0-9.-]|\$\{\w+\}|\$\(\w+\))+$/
const hasHost = ({ namespace, name }: KeyParts): boolean =>
  namespace === EXTERNAL ? HOST.test(name) || ipVersionOf(name) === 6 : !name.includes(':')

const isPort = (port: string): boolean => !/^\d+$/.test(port) || (Number(port) >= 1 && Number(port) <= 65535)
const hasPort = ({ namespace, port, endPort }: KeyParts): boolean =>
  isPort(port) &&
  (port !== EVERY_PORT || namespace !== EXTERNAL) &&
  (endPort === undefined || (namespace === EXTERNAL && isPort(endPort) && Number(endPort) > Number(port)))

/** Does the key lead to one port of pods? */
function hasPodPort(key: string): boolean {
  const { namespace, port } = partsOf(key)
  return namespace !== EXTERNAL && port !== EVERY_PORT
}

const DESTINATION = '`namespace/workload:port` or `external/host:port`'

/**
 * A map, so that layers of policy merge flow by flow: destination `namespace/workload:port` or `external/host:port`. A
 * protocol other than TCP follows the port, as in `dns/unbound:53/udp`. A host outside may be an address, IPv6 in brackets,
 * and have a range of ports, as in `external/[2001:db8::1]:30000-30100`. `*` stands for every workload of a namespace, and
 * for every port, which needs a reason.
 */
export const flowsSchema = z
  .record(
    z
      .string()
      .check(
        z.regex(
          FLOW_KEY,
          'a destination namespace/workload:port or external/host:port, an IPv6 address in brackets, and UDP or SCTP as port/udp',
        ),
        z.refine(
          onlyIfParsed(hasHost),
          'external/host:port, its host in lower case, and * for nothing but its first label',
        ),
        z.refine(
          onlyIfParsed(hasPort),
          'a destination with a port from 1 to 65535 or *, or external/host with a range such as 30000-30100',
        ),
      ),
    flowSchema,
  )
  .check(
    z.refine(
      (flows) => Object.entries(flows).every(([key, { podPort }]) => podPort === undefined || hasPodPort(key)),
      'podPort for namespace/workload and one port alone',
    ),
    z.describe(
      `Destination, as ${DESTINATION}, to who may call it; \`53/udp\` gives a protocol, \`30000-30100\` a range of a host outside, \`loki/*:*\` every port of every workload, with a reason`,
    ),
  )
export type FlowsSpec = z.infer<typeof flowsSchema>
