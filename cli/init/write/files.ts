import { type Fields, isFields, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { readObjects } from '../../read-objects.ts'
import type { Found } from '../found.ts'
import { writeFlows } from './flows.ts'
import { writeImages } from './images.ts'
import { writeKustomization, writePolicy } from './policy.ts'

/** The policy that a new one is layered on: the path of its folder from the new one, and the policy as it builds. */
export interface BasePolicy {
  path: string
  policy: KubernetesObject
}

/** The files of the folder hardening/, text by name. `sections` are those that the policy has. */
export function policyFiles(sections: readonly string[], found: Found, base?: BasePolicy): ReadonlyMap<string, string> {
  const name = base?.policy.metadata.name
  const patches = new Map([
    ['flows.yaml', writeFlows(found.flows, found.notes, name)],
    ...(sections.includes('images') ? ([['images.yaml', writeImages(found.images, name)]] as const) : []),
  ])
  return new Map([
    ['kustomization.yaml', writeKustomization([...patches.keys()], base?.path)],
    ['policy.yaml', writePolicy(sections, found, base && { path: base.path, name: base.policy.metadata.name })],
    ...patches,
  ])
}

/** The policy that the files make, as Kustomize would merge them. */
export function policyOf(files: ReadonlyMap<string, string>, base?: BasePolicy): KubernetesObject {
  const read = (name: string): KubernetesObject | undefined => readObjects(files.get(name) ?? '', name)[0]
  const policy = read('policy.yaml')
  if (!policy) throw new Error('policy.yaml holds no policy')
  const patches = [policy, read('flows.yaml'), read('images.yaml')].map((patch) => fieldsOf(patch?.spec))
  const spec = patches.reduce(merged, fieldsOf(base?.policy.spec))
  return { ...(base?.policy ?? policy), spec }
}

/** A policy with more flows, as they stand in its flows.yaml. */
export function withFoundFlows(policy: KubernetesObject, flows: Found['flows']): KubernetesObject {
  const [patch] = readObjects(writeFlows(flows), 'flows.yaml')
  return { ...policy, spec: merged(fieldsOf(policy.spec), fieldsOf(patch?.spec)) }
}

/** Maps merge; an empty `flows:`, in which everything is a comment, changes nothing. */
function merged(onto: Fields, patch: Fields): Fields {
  const result: Fields = { ...onto }
  for (const [key, value] of Object.entries(patch)) {
    const present = result[key]
    if (value !== null) result[key] = isFields(present) && isFields(value) ? merged(present, value) : value
  }
  return result
}

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
