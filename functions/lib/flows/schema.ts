import * as z from 'zod/mini'
import { reasonSchema } from '../framework/config.ts'

const labelsSchema = z.record(z.string(), z.string())

/** An empty component is the label without a value; `*` is every pod of a namespace, and never part of a name. */
const CALLER = /^(?:any|self|[^/*\s]+(?:\/(?:\*|[^/*\s]+(?:\/[^/*\s]*)?))?)$/

const callerSchema = z.union([
  z
    .string()
    .check(
      z.regex(CALLER, 'a caller such as workload, namespace/app, namespace/app/component, namespace/*, self or any'),
    ),
  z.strictObject({
    namespace: z.string().check(z.describe('Namespace of the caller')),
    labels: labelsSchema.check(z.describe('Labels of its pods')),
  }),
])

export const flowSchema = z
  .strictObject({
    from: z
      .array(callerSchema)
      .check(
        z.minLength(1),
        z.describe(
          'Who may call: `workload` (same namespace), `namespace/app`, `namespace/app/component`, `namespace/*`, `{namespace, labels}`, `self`, or `any` with a reason',
        ),
      ),
    plain: z._default(z.boolean(), false).check(z.describe('The traffic bypasses the mesh proxies on both sides')),
    service: z
      .optional(z.string())
      .check(
        z.describe(
          'Service by which the destination is called, where several select it or pods are dialled by address',
        ),
      ),
    selector: z
      .optional(labelsSchema.check(z.refine((labels) => Object.keys(labels).length > 0, 'at least one label')))
      .check(z.describe('Labels of pods that are made at run time, and so stand in no manifest')),
    reason: z.optional(reasonSchema),
  })
  .check(z.describe('One destination, and who may call it'))
export type FlowSpec = z.infer<typeof flowSchema>

const FLOW_KEY = /^[^/*\s]+\/[^/:\s]+:[a-z0-9-]+$/

/** What a ServiceEntry can register, which is named by it too; a placeholder stands for any part of it. */
const HOST = /^(?:\*\.)?(?:[a-z0-9.-]|\$\{\w+\}|\$\(\w+\))+$/
const hasHost = (key: string): boolean =>
  !key.startsWith('external/') || HOST.test(key.slice('external/'.length, key.lastIndexOf(':')))

const hasPort = (key: string): boolean => {
  const port = key.slice(key.lastIndexOf(':') + 1)
  return !/^\d+$/.test(port) || (Number(port) >= 1 && Number(port) <= 65535)
}

/** A map, so that layers of policy merge flow by flow: destination `namespace/workload:port` or `external/host:port`. */
export const flowsSchema = z
  .record(
    z
      .string()
      .check(
        z.regex(FLOW_KEY, 'a destination namespace/workload:port or external/host:port'),
        z.refine(hasHost, 'external/host:port, its host in lower case, and * for nothing but its first label'),
        z.refine(hasPort, 'a destination with a port from 1 to 65535'),
      ),
    flowSchema,
  )
  .check(z.describe('Destination, as `namespace/workload:port` or `external/host:port`, to who may call it'))
export type FlowsSpec = z.infer<typeof flowsSchema>
