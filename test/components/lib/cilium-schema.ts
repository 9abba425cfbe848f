import * as z from 'zod/mini'

/** What the function may write of a CiliumNetworkPolicy. Source: https://docs.cilium.io/en/stable/security/policy/language/ */

const labels = z.record(z.string(), z.string())

const selector = z.strictObject({
  matchLabels: z.optional(labels),
  matchExpressions: z.optional(z.array(z.strictObject({ key: z.string(), operator: z.literal('Exists') }))),
})

const ports = z.strictObject({
  ports: z
    .array(z.strictObject({ port: z.string().check(z.regex(/^\d+$/)), protocol: z.enum(['TCP', 'UDP', 'SCTP']) }))
    .check(z.minLength(1), z.maxLength(40)),
  rules: z.optional(z.strictObject({ dns: z.array(z.strictObject({ matchPattern: z.string() })) })),
})

const cidrs = z.array(z.string())
const entities = z.array(z.enum(['all', 'host', 'remote-node', 'kube-apiserver']))
const toPorts = z.optional(z.array(ports))

const oneListAtMost = (rule: Record<string, unknown>): boolean =>
  Object.keys(rule).filter((key) => key !== 'toPorts').length <= 1

const ingress = z.strictObject({
  fromEndpoints: z.optional(z.array(selector)),
  fromEntities: z.optional(entities),
  fromCIDR: z.optional(cidrs),
  toPorts,
})

const egress = z.strictObject({
  toEndpoints: z.optional(z.array(selector)),
  toEntities: z.optional(entities),
  toCIDR: z.optional(cidrs),
  toFQDNs: z.optional(
    z.array(z.union([z.strictObject({ matchName: z.string() }), z.strictObject({ matchPattern: z.string() })])),
  ),
  toPorts,
})

export const ciliumSpecSchema = z.strictObject({
  endpointSelector: selector,
  ingress: z.optional(z.array(ingress.check(z.refine(oneListAtMost)))),
  egress: z.optional(z.array(egress.check(z.refine(oneListAtMost)))),
})
export type CiliumSpec = z.infer<typeof ciliumSpecSchema>
