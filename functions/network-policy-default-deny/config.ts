import { fluxSchema } from '../lib/charts/config.ts'
import { elsewhereSchema } from '../lib/flows/elsewhere.ts'
import { gatewaysSchema } from '../lib/flows/gateways-schema.ts'
import { cidrSchema } from '../lib/flows/peer.ts'
import { flowsSchema } from '../lib/flows/schema.ts'
import { modeSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import {
  alwaysSchema,
  apiServerSchema,
  dnsSchema,
  istiodSchema,
  namespaceSchema,
  notInjectedSchema,
  openEgressSchema,
  otelAgentSchema,
  privateRangesSchema,
  probesSchema,
  runtimePodsSchema,
  scrapeSchema,
  stageSchema,
  workloadSchema,
} from './config-parts.ts'
import { rangesSchema } from './config-peers.ts'

export const networkPolicyDefaultDenySchema = z.strictObject({
  mode: modeSchema,
  flux: z.optional(fluxSchema),
  flows: z
    .optional(flowsSchema)
    .check(z.describe('Traffic, declared once; in a Hardening it is in `spec.flows`, where every section sees it')),
  elsewhere: z
    .optional(elsewhereSchema)
    .check(z.describe('Pods of other repositories that flows name; in a Hardening it is `spec.elsewhere`')),
  dialect: z
    ._default(z.enum(['kubernetes', 'cilium']), 'kubernetes')
    .check(z.describe('`kubernetes` writes NetworkPolicy, `cilium` CiliumNetworkPolicy, which knows names outside')),
  directions: z
    ._default(z.array(z.enum(['Ingress', 'Egress'])).check(z.minLength(1)), ['Ingress', 'Egress'])
    .check(z.describe('Directions that are denied by default')),
  stage: z
    ._default(stageSchema, 'full')
    .check(
      z.describe(
        'How far the namespaces are on the way to deny by default: `audit` writes no policy and says what is missing, `ingress` leaves egress open, `full` denies both directions',
      ),
    ),
  workloads: z
    ._default(z.record(z.string(), workloadSchema), {})
    .check(z.describe('Workloads that are ahead of the others, or behind them')),
  namespaces: z
    ._default(z.record(z.string(), namespaceSchema), {})
    .check(z.describe('Namespaces to deny by default besides those whose Namespace object is in the build')),
  namespaceLabel: z
    ._default(z.string(), 'kubernetes.io/metadata.name')
    .check(z.describe('Label of Namespaces that holds their name; those that the cluster makes keep its own')),
  scrape: z.optional(scrapeSchema).check(z.describe('Who scrapes metrics; nobody is admitted to them without it')),
  always: z
    ._default(z.record(z.string(), alwaysSchema), {})
    .check(z.describe('Policies of every denied namespace, by name')),
  dns: z.prefault(dnsSchema, {}).check(z.describe('DNS pods, which every pod calls by TCP and UDP')),
  istiod: z.prefault(istiodSchema, {}).check(z.describe('Control plane of the mesh, called by every sidecar')),
  otelAgent: z.optional(otelAgentSchema).check(z.describe('Receiver of traces, which every sidecar may call')),
  apiServer: z.prefault(apiServerSchema, {}).check(z.describe('The API server, called where its token is mounted')),
  privateRanges: z
    .prefault(privateRangesSchema, {})
    .check(
      z.describe('Ranges that no destination outside the cluster has; an IPv6 range here admits `::/0` without it'),
    ),
  addresses: z
    ._default(z.record(z.string(), z.array(cidrSchema).check(z.minLength(1))), {})
    .check(z.describe('Host outside the cluster to its ranges, where they are known or private')),
  nodes: z
    ._default(rangesSchema, {})
    .check(z.describe('Addresses of nodes: by them alone NetworkPolicy knows kubelets and pods with hostNetwork')),
  gateways: z
    .optional(gatewaysSchema)
    .check(z.describe('Pods that carry traffic from outside to backends; in a Hardening it is `spec.gateways`')),
  runtimePods: z
    ._default(
      z.record(z.string().check(z.regex(/^[^/\s]+\/[^/\s]+$/, 'namespace/name of run-time pods')), runtimePodsSchema),
      {},
    )
    .check(z.describe('Pods that an operator makes, as `namespace/name`: the name that flows give them, or a new one')),
  openEgress: z
    ._default(z.record(z.string(), openEgressSchema), {})
    .check(z.describe('Workloads that may call anything, with the reason')),
  probes: z
    .optional(probesSchema)
    .check(z.describe('Ranges from which kubelets probe, for a CNI that does not admit them by itself')),
  ambient: z._default(z.boolean(), false).check(z.describe('Members of the mesh call each other through port 15008')),
  notInjected: z
    .prefault(notInjectedSchema, {})
    .check(z.describe('Namespaces that stay out of an ambient mesh, as for istio-hardening; `false` takes one in')),
})
export type NetworkPolicyDefaultDenySpec = z.infer<typeof networkPolicyDefaultDenySchema>
