import { reasonSchema } from '../framework/config.ts'
import * as z from '../framework/lazy-zod.ts'
import { isCidr } from '../kubernetes/cidr.ts'

/** Pods or addresses, as configuration writes them. */

export const labelsSchema = z.record(z.string(), z.string())

export const cidrSchema = z.string().check(z.refine(isCidr, 'an address range such as 10.0.0.0/8'))

export const peerFields = {
  namespace: z.optional(z.string()).check(z.describe('Namespace of the pods; any where it is absent')),
  labels: z.optional(labelsSchema).check(z.describe('Labels of the pods; without them a reason is needed')),
  cidr: z.optional(cidrSchema).check(z.describe('Addresses in place of pods; needs a reason')),
  reason: z.optional(reasonSchema),
}
const peerFieldsSchema = z.strictObject(peerFields)
export type PeerSpec = z.infer<typeof peerFieldsSchema>

const isOneOfTwo = (peer: PeerSpec): boolean =>
  peer.cidr === undefined || (peer.namespace === undefined && peer.labels === undefined)

const isNarrow = (peer: PeerSpec): boolean => peer.reason !== undefined || Object.keys(peer.labels ?? {}).length > 0

/** Either pods or addresses. */
export const oneOfTwo = z.refine<PeerSpec>(isOneOfTwo, 'either cidr, or namespace and labels')

/** Labels that narrow the pods down, or a reason. */
export const narrow = z.refine<PeerSpec>(isNarrow, 'labels that say which pods, or a reason')

/** As `narrow`, where labels that are absent have a default. */
export const narrowByDefault = z.refine<PeerSpec>(
  (peer) => (peer.labels === undefined && peer.cidr === undefined) || isNarrow(peer),
  'labels that say which pods, or a reason',
)

export const peerSchema = peerFieldsSchema.check(oneOfTwo, narrow, z.describe('Pods or addresses'))
