import { isOff, offSchema } from '../framework/config.ts'
import * as z from '../framework/lazy-zod.ts'
import { ISTIO_SYSTEM } from '../kubernetes/istio.ts'
import { APP } from './flow.ts'
import { narrow, narrowByDefault, oneOfTwo, peerFields } from './peer.ts'

const gatewayFields = {
  ...peerFields,
  class: z.optional(z.string()).check(z.describe('IngressClass that they serve; every class where it is absent')),
  inMesh: z
    .optional(z.boolean())
    .check(z.describe('They have a proxy of the mesh, so that they speak mutual TLS; gateways of Istio always do')),
}
const gatewayFieldsSchema = z.strictObject(gatewayFields)

/** Pods or addresses that carry traffic from outside the cluster to backends. */
export type GatewaySpec = z.infer<typeof gatewayFieldsSchema>

const gatewaySchema = z
  .union([offSchema, gatewayFieldsSchema.check(oneOfTwo, narrow)])
  .check(z.describe('Pods or addresses, or `off`'))

const defaultSchema = (meaning: string) =>
  z
    .optional(z.union([offSchema, gatewayFieldsSchema.check(oneOfTwo, narrowByDefault)]))
    .check(z.describe(`${meaning}; fields that are absent keep these values, and \`off\` takes it away`))

/** What holds unless a layer of policy removes it. */
const DEFAULTS = {
  istioGateway: { ingressgateway: { namespace: ISTIO_SYSTEM, labels: { istio: 'ingressgateway' } } },
  ingress: {
    'ingress-nginx': { namespace: 'ingress-nginx', labels: { [APP]: 'ingress-nginx' }, class: 'nginx' },
  },
} satisfies Readonly<Record<string, Readonly<Record<string, GatewaySpec>>>>

/** Maps, so that a layer can add an entry and keep the others. */
export const gatewaysSchema = z.strictObject({
  istioGateway: z
    .optional(
      z.catchall(
        z.object({
          ingressgateway: defaultSchema('Pods in istio-system with the label `istio: ingressgateway`'),
        }),
        gatewaySchema,
      ),
    )
    .check(
      z.describe(
        'Pods that serve VirtualServices bound to a gateway; of a Gateway in the build, those with its selector',
      ),
    ),
  gatewayApi: z
    .optional(z.record(z.string(), gatewaySchema))
    .check(
      z.describe('Pods that serve routes of the Gateway API; by default those of the parent Gateway, by its label'),
    ),
  ingress: z
    .optional(
      z.catchall(
        z.object({
          'ingress-nginx': defaultSchema(
            'Pods in ingress-nginx with the label `app.kubernetes.io/name: ingress-nginx`, which serve the class nginx',
          ),
        }),
        gatewaySchema,
      ),
    )
    .check(z.describe('Pods that serve Ingresses')),
})
export type GatewaysSpec = z.infer<typeof gatewaysSchema>

/** The gateways of a kind that are not switched off, defaults included. */
export function gatewaysOf(gateways: GatewaysSpec | undefined, kind: keyof GatewaysSpec): GatewaySpec[] {
  const defaults: Readonly<Record<string, GatewaySpec>> = kind === 'gatewayApi' ? {} : DEFAULTS[kind]
  const written: Readonly<Record<string, z.infer<typeof gatewaySchema> | undefined>> = gateways?.[kind] ?? {}
  return [...new Set([...Object.keys(defaults), ...Object.keys(written)])].flatMap((name) => {
    const entry = written[name]
    if (isOff(entry)) return []
    if (entry === undefined || entry.cidr === undefined) return [{ ...defaults[name], ...entry }]
    return [entry]
  })
}
