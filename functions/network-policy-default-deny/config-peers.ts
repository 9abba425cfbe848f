import { cidrSchema, labelsSchema, type PeerSpec, peerSchema } from '../lib/flows/peer.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import type { Peer } from './policy.ts'

/** What configuration writes peers and ports with. */

/** Labels that narrow pods down, so that no reason is needed. */
export const podLabelsSchema = labelsSchema.check(
  z.refine((labels) => Object.keys(labels).length > 0, 'at least one label'),
)

/** A set of ranges, as a map so that layers merge: `false` takes one out. */
export const rangesSchema = z.record(cidrSchema, z.boolean())

/** The keys of a map that are not set to false, sorted. */
export const namesIn = (map: Readonly<Record<string, boolean>>): string[] =>
  Object.keys(map)
    .filter((name) => map[name])
    .sort()

/** A key that is there unless a layer sets it to false. */
export const unlessOff = (meaning: string) => z._default(z.boolean(), true).check(z.describe(meaning))

export const portNumberSchema = z.int().check(z.gte(1), z.lte(65535))

export const portSchema = z.union([
  portNumberSchema,
  z.string().check(z.regex(/^[a-z0-9-]{1,15}$/, 'a port number or the name of a container port')),
])

export const toPeer = ({ cidr, namespace, labels }: PeerSpec): Peer =>
  cidr === undefined ? { type: 'pods', namespace, labels } : { type: 'range', cidr }

/** Pods that need no reason, because labels say which. */
const podsSchema = z
  .strictObject({
    namespace: z.string().check(z.describe('Namespace of the pods')),
    labels: podLabelsSchema.check(z.describe('Labels of the pods')),
  })
  .check(z.describe('Pods by labels'))

export const podSetsSchema = z.record(z.string(), podsSchema)

/** Peers by a name of their own, so that a layer can change or delete one. */
export const peersSchema = z.record(z.string(), peerSchema)

/** Pods by namespace and labels, with a port of theirs. */
export const endpointSchema = (namespace: string, labels: Record<string, string>, port: number) =>
  z.strictObject({
    namespace: z._default(z.string(), namespace).check(z.describe('Namespace of the pods')),
    labels: z._default(podLabelsSchema, labels).check(z.describe('Labels of the pods')),
    port: z._default(portNumberSchema, port).check(z.describe('Port on the pods')),
  })
