import { isDeepStrictEqual } from 'node:util'
import { isFields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import type { ProposedFlow } from './flows.ts'
import type { Found } from './propose.ts'

/** What is found and a policy does not say yet: flows, callers of flows, and images. */
export const withoutKnown = (found: Found, policy: KubernetesObject | undefined): Found =>
  policy === undefined
    ? found
    : {
        ...withoutFlows(found, fieldsAt(policy, ['spec', 'flows'])),
        images: found.images.filter((image) => !isKnownImage(image, policy)),
      }

/** What is found and is not among these flows. */
export const withoutFlows = (found: Found, known: Record<string, unknown>): Found => ({
  ...found,
  flows: found.flows.flatMap((flow) => newIn(flow, known) ?? []),
})

const fieldsAt = (root: unknown, path: string[]): Record<string, unknown> => {
  const value = valueAt(root, path)
  return isFields(value) ? value : {}
}

/** The callers of a flow that the policy does not have, if any. A caller may be in a list or a key of a map. */
function newIn(flow: ProposedFlow, known: Record<string, unknown>): ProposedFlow | undefined {
  const from = valueAt(known[flow.key], ['from'])
  const callers: unknown[] = Array.isArray(from) ? from : Object.keys(isFields(from) ? from : {})
  const added = flow.callers.filter(({ caller }) => !callers.some((other) => isDeepStrictEqual(other, caller)))
  return added.length === 0 ? undefined : { ...flow, callers: added }
}

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
