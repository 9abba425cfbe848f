import { fluxSchema } from '../lib/charts/config.ts'
import { elsewhereSchema } from '../lib/flows/elsewhere.ts'
import { gatewaysSchema } from '../lib/flows/gateways-schema.ts'
import { flowsSchema } from '../lib/flows/schema.ts'
import { modeSchema, offSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { ISTIO_SYSTEM } from '../lib/kubernetes/istio.ts'
import { telemetrySchema } from './config-telemetry.ts'
import {
  because,
  mtlsSchema,
  ndotsSchema,
  outboundSchema,
  proxySchema,
  scrapeSchema,
  workloadSchema,
} from './config-workload.ts'

/** A key that is on unless a layer of policy sets it to false. */
const unlessOff = (meaning: string) => z._default(z.boolean(), true).check(z.describe(meaning))

const HOST = /^(?:\.|\*|~|[a-z0-9-]+)\/\S+$/
const PORT = /^[a-z0-9-]+$/
const isPort = (key: string): boolean => !/^\d+$/.test(key) || (Number(key) >= 1 && Number(key) <= 65535)

export const istioHardeningSchema = z
  .strictObject({
    mode: modeSchema,
    flux: z.optional(fluxSchema),
    flows: z
      .optional(flowsSchema)
      .check(
        z.describe('Traffic, declared once. A Hardening declares it in `spec.flows`, where every section sees it'),
      ),
    elsewhere: z
      .optional(elsewhereSchema)
      .check(z.describe('Pods of other repositories that flows name; in a Hardening it is `spec.elsewhere`')),
    ambient: z
      ._default(z.boolean(), false)
      .check(z.describe('Ambient mode: labels the namespace instead of injecting a sidecar into every pod')),
    revision: z
      .optional(z.string().check(z.minLength(1)))
      .check(z.describe('Revision of the control plane that injects; the default one where absent')),
    notInjected: z
      .prefault(
        z.catchall(
          z.object({
            'kube-system': unlessOff('Namespace of the control plane'),
            'kube-public': unlessOff('Namespace that everyone may read'),
            [ISTIO_SYSTEM]: unlessOff('Namespace of the mesh itself'),
          }),
          z.boolean(),
        ),
        {},
      )
      .check(z.describe('Namespaces that stay out of the mesh; `false` takes one in')),
    proxy: z.prefault(proxySchema, {}).check(z.describe('Resources of the sidecar')),
    ndots: z
      ._default(ndotsSchema, 'off')
      .check(
        z.describe(
          'Sets `dnsConfig` option ndots: names with at least this many dots are looked up as written before the search domains are tried. `off` leaves the option alone',
        ),
      ),
    scrape: z
      .optional(z.record(z.string(), scrapeSchema))
      .check(
        z.describe(
          "Where Prometheus scrapes a workload, by its name, or `'*'` for every workload without a port `metrics`. A port is a name or number of the pods, or of a Service of theirs",
        ),
      ),
    mtls: z
      ._default(mtlsSchema, 'strict')
      .check(
        z.describe(
          '`strict` refuses plain text except on the ports that take it by intent; `permissive` is the stage before, in which every port still takes it',
        ),
      ),
    telemetry: z.prefault(telemetrySchema, {}).check(z.describe('Traces, metrics and access log; each may be `off`')),
    permissivePorts: z
      .optional(
        z.record(
          z.string(),
          z
            .record(
              z
                .string()
                .check(z.regex(PORT, 'the name or number of a port'), z.refine(isPort, 'a port from 1 to 65535')),
              because,
            )
            .check(z.describe('Ports of the workload')),
        ),
      )
      .check(
        z.describe(
          'Ports, by workload, that take plain text as well as mutual TLS: a quoted number or a name, of the pods or of a Service of theirs',
        ),
      ),
    outbound: z
      .optional(z.record(z.string(), outboundSchema))
      .check(
        z.describe('Whether a workload may call hosts that its Sidecar does not list; `ALLOW_ANY` needs a reason'),
      ),
    hosts: z
      .optional(
        z.record(
          z.string(),
          z
            .record(z.string().check(z.regex(HOST, 'a host of a Sidecar such as namespace/name or ./name')), because)
            .check(z.describe('Hosts for the workload')),
        ),
      )
      .check(z.describe('Hosts, by workload, that its Sidecar lists beyond those of its flows')),
    baseHosts: z
      .prefault(
        z.catchall(
          z.object({
            [`${ISTIO_SYSTEM}/istiod.${ISTIO_SYSTEM}.svc.cluster.local`]: unlessOff('The control plane of the mesh'),
          }),
          z.boolean(),
        ),
        {},
      )
      .check(z.describe('Hosts that every Sidecar lists: the control plane, and others such as a trace collector')),
    serviceEntries: z
      .optional(z.record(z.string(), offSchema))
      .check(
        z.describe('Hosts outside the cluster, as `off`, whose ServiceEntry another build of the same namespace has'),
      ),
    authorization: z
      ._default(z.literal(['off', false, 'flows']), 'off')
      .check(z.describe('`flows` derives an AuthorizationPolicy, ALLOW, for every workload that flows go to')),
    serviceAccounts: z
      ._default(z.record(z.string(), z.record(z.string(), z.boolean()).check(z.describe('Names of accounts'))), {})
      .check(
        z.describe(
          'Service accounts of callers that are not in the build, by the name that flows give them: `namespace/app`, `namespace/app/component`, or `namespace/name` of pods made at run time. Without an entry an AuthorizationPolicy knows them by their namespace alone',
        ),
      ),
    gateways: z
      .optional(gatewaysSchema)
      .check(
        z.describe(
          'Pods that carry traffic from outside to backends: an AuthorizationPolicy admits their namespaces for VirtualServices, routes and Ingresses. In a Hardening it is `spec.gateways`',
        ),
      ),
    scraperNamespaces: z
      ._default(z.record(z.string(), z.boolean()), {})
      .check(
        z.describe(
          'Namespaces whose pods scrape metrics: an AuthorizationPolicy admits them in ambient mode, where no sidecar answers for the pod',
        ),
      ),
    workloads: z
      .optional(z.record(z.string(), workloadSchema))
      .check(z.describe('Settings that differ for a workload, by its name or `Kind/name`')),
  })
  .check(
    z.refine(({ ambient, revision }) => !ambient || revision === undefined, {
      path: ['revision'],
      message: 'none with ambient: true, where nothing is injected',
    }),
  )
export type IstioHardeningSpec = z.infer<typeof istioHardeningSchema>

/** Is the name in the map, and not switched off? */
export const isOn = (map: Readonly<Record<string, boolean>>, name: string): boolean =>
  Object.hasOwn(map, name) && map[name] === true

/** The names of a map that are not switched off. */
export const switchedOn = (map: Readonly<Record<string, boolean>>): string[] =>
  Object.keys(map).filter((name) => map[name])
