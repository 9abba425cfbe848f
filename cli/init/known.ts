import { isDeepStrictEqual } from 'node:util'
import { type FlowSpec, writtenCallers } from '../../functions/lib/flows/schema.ts'
import { isFields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import type { ProposedFlow } from './flows.ts'
import type { Found } from './found.ts'

/** What was found and is not in the policy yet: flows, callers of flows, and images. */
export const withoutKnown = (found: Found, policy: KubernetesObject | undefined): Found =>
  policy === undefined
    ? found
    : {
        ...withoutFlows(found, fieldsAt(policy, ['spec', 'flows'])),
        images: found.images.filter((image) => !isKnownImage(image, policy)),
      }

/** What was found and is not among these flows. */
export const withoutFlows = (found: Found, known: Record<string, unknown>): Found => ({
  ...found,
  flows: found.flows.flatMap((flow) => newIn(flow, known) ?? []),
})

const fieldsAt = (root: unknown, path: string[]): Record<string, unknown> => {
  const value = valueAt(root, path)
  return isFields(value) ? value : {}
}

/**
 * A flow with the callers that the policy does not have, if any. A patch on a map of callers adds to it; one on a list
 * replaces it, so the callers of the list come again.
 */
function newIn(flow: ProposedFlow, known: Record<string, unknown>): ProposedFlow | undefined {
  const written = valueAt(known[flow.key], ['from'])
  const from = Array.isArray(written) || isFields(written) ? (written as FlowSpec['from']) : undefined
  const callers = writtenCallers(from).map(({ caller }) => caller)
  const added = flow.callers.filter(
    ({ caller, isKnown }) => !isKnown && !callers.some((other) => isDeepStrictEqual(other, caller)),
  )
  if (added.length === 0) return undefined
  if (from !== undefined && !Array.isArray(from)) return { ...flow, callers: added, isMap: true }
  const certain = added.some((caller) => caller.certain)
  return {
    ...flow,
    callers: [...callers.map((caller) => ({ caller, certain, sources: [KNOWN], isKnown: true as const })), ...added],
  }
}

const KNOWN = 'in the policy already'

/** Is it locked, allowed by its tag, or built by the organisation itself? */
function isKnownImage(image: string, policy: KubernetesObject): boolean {
  const images = fieldsAt(policy, ['spec', 'images'])
  const names = [image, image.replace(/:[^/:]*$/, '')]
  const listed = [...Object.keys(fieldsAt(images, ['digests'])), ...Object.keys(fieldsAt(images, ['allowTag']))]
  const internal = Object.keys(fieldsAt(images, ['internal']))
  return (
    names.some((name) => listed.includes(name)) ||
    internal.some((prefix) => image === prefix || image.startsWith(`${prefix}/`))
  )
}
