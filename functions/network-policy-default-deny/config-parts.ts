import { cidrSchema, labelsSchema } from '../lib/flows/peer.ts'
import { reasonSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { isCidr } from '../lib/kubernetes/cidr.ts'
import { ISTIO_SYSTEM } from '../lib/kubernetes/istio.ts'
import {
  endpointSchema,
  peersSchema,
  podLabelsSchema,
  podSetsSchema,
  portNumberSchema,
  portSchema,
  unlessOff,
} from './config-peers.ts'

/** The parts of the configuration that have fields of their own. */

const APP = 'app.kubernetes.io/name'

export const namespaceSchema = z
  .strictObject({
    off: z._default(z.boolean(), false).check(z.describe('Writes no policy in this namespace; needs a reason')),
    reason: z.optional(reasonSchema),
  })
  .check(
    z.refine(({ off, reason }) => !off || reason !== undefined, 'a reason next to off: true'),
    z.describe('One namespace, as `{}` to deny it'),
  )

export const stageSchema = z.enum(['audit', 'ingress', 'full'])

export const workloadSchema = z
  .strictObject({
    stage: stageSchema.check(z.describe('Its own stage; its policy is annotated with what that leaves open')),
  })
  .check(z.describe('One workload'))

export const alwaysSchema = z
  .strictObject({
    podLabels: z._default(labelsSchema, {}).check(z.describe('Pods of the namespace that it selects; all by default')),
    from: z._default(peersSchema, {}).check(z.describe('Who may call them, by a name of your own')),
    to: z._default(peersSchema, {}).check(z.describe('Whom they may call, by a name of your own')),
    ports: z.array(portSchema).check(z.minLength(1), z.describe('Ports, by number or name')),
    protocol: z._default(z.enum(['TCP', 'UDP', 'SCTP']), 'TCP').check(z.describe('Protocol of the ports')),
  })
  .check(
    z.refine(({ from, to }) => Object.keys({ ...from, ...to }).length > 0, 'a peer under from or to'),
    z.describe('One policy, under the name that it gets'),
  )

/** No default, because only the cluster knows which Prometheus there is. */
export const scrapeSchema = z.strictObject({
  namespace: z.string().check(z.describe('Namespace of the pods')),
  labels: z._default(podLabelsSchema, { [APP]: 'prometheus' }).check(z.describe('Labels of the pods')),
  port: z._default(portNumberSchema, 15020).check(z.describe('Port on which sidecars give the metrics of their pods')),
  off: z._default(z.boolean(), false).check(z.describe('Writes no `allow-envoy-stats-scrape`')),
})

export const dnsSchema = z.strictObject({
  namespace: z._default(z.string(), 'kube-system').check(z.describe('Namespace of the DNS pods')),
  labels: z._default(podLabelsSchema, { 'k8s-app': 'kube-dns' }).check(z.describe('Labels of the DNS pods')),
  port: z._default(portNumberSchema, 53).check(z.describe('Port on the DNS pods, for TCP and UDP')),
  nodeLocal: z.optional(cidrSchema).check(z.describe('Address of the node-local cache, as a range')),
})

export const apiServerSchema = z.strictObject({
  ports: z._default(z.array(portNumberSchema), [443, 6443]).check(z.describe('Ports by which pods reach it')),
  cidrs: z
    .optional(z.array(cidrSchema).check(z.minLength(1)))
    .check(z.describe('Its addresses; any where they are absent, because it is no pod')),
  relays: z
    ._default(podSetsSchema, {})
    .check(z.describe('Pods that carry its calls to webhooks, such as konnectivity agents, next to `cidrs`')),
})

export const runtimePodsSchema = z
  .strictObject({
    labels: z.optional(podLabelsSchema).check(z.describe('Their labels, where no flow of that name selects them')),
    injected: z._default(z.boolean(), true).check(z.describe('A sidecar runs in them; none does in an ambient mesh')),
    apiServer: z._default(z.boolean(), false).check(z.describe('They call the API server')),
  })
  .check(z.describe('One set of pods'))

export const openEgressSchema = z.strictObject({ reason: reasonSchema }).check(z.describe('One workload'))

export const probesSchema = z.strictObject({
  from: z.array(cidrSchema).check(z.minLength(1), z.describe('Addresses of kubelets, which are those of nodes')),
})

/** A policy adds to these ranges, because forgetting one would open it. */
export const privateRangesSchema = z
  .catchall(
    z.object({
      '10.0.0.0/8': unlessOff('RFC 1918'),
      '100.64.0.0/10': unlessOff('RFC 6598, behind the NAT of a carrier'),
      '169.254.0.0/16': unlessOff('Link-local, where clouds serve the metadata of instances'),
      '172.16.0.0/12': unlessOff('RFC 1918'),
      '192.168.0.0/16': unlessOff('RFC 1918'),
    }),
    z.boolean(),
  )
  .check(z.refine((ranges) => Object.keys(ranges).every(isCidr), 'address ranges such as 10.0.0.0/8 as keys'))

export const notInjectedSchema = z.catchall(
  z.object({
    'kube-system': unlessOff('Namespace of the control plane'),
    'kube-public': unlessOff('Namespace that everyone may read'),
    [ISTIO_SYSTEM]: unlessOff('Namespace of the mesh itself'),
  }),
  z.boolean(),
)

export const istiodSchema = endpointSchema(ISTIO_SYSTEM, { app: 'istiod' }, 15012)

/** No default, because only the cluster knows where traces go. */
export const otelAgentSchema = z.strictObject({
  namespace: z.string().check(z.describe('Namespace of the pods')),
  labels: podLabelsSchema.check(z.describe('Labels of the pods')),
  port: z._default(portNumberSchema, 4317).check(z.describe('Port on the pods, by default that of OTLP over gRPC')),
})
