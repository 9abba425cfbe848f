import { isFields, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { readObjects } from '../policy/read-objects.ts'
import type { Found } from './propose.ts'
import { writeFlows } from './write-flows.ts'
import { writeImages } from './write-images.ts'
import { writeKustomization, writePolicy } from './write-policy.ts'

/** The files of the folder hardening/, text by name. `sections` are those that the policy has. */
export function policyFiles(sections: readonly string[], found: Found): ReadonlyMap<string, string> {
  const patches = new Map([
    ['flows.yaml', writeFlows(found.flows)],
    ...(sections.includes('images') ? ([['images.yaml', writeImages(found.images)]] as const) : []),
  ])
  return new Map([
    ['kustomization.yaml', writeKustomization([...patches.keys()])],
    ['policy.yaml', writePolicy(sections, found.namespaces)],
    ...patches,
  ])
}

/** The policy that the files make, as Kustomize would merge them. */
export function policyOf(files: ReadonlyMap<string, string>): KubernetesObject {
  const read = (name: string): KubernetesObject | undefined => readObjects(files.get(name) ?? '', name)[0]
  const policy = read('policy.yaml')
  if (!policy) throw new Error('policy.yaml holds no policy')
  const spec = fieldsOf(policy.spec)
  const { flows } = fieldsOf(read('flows.yaml')?.spec)
  const images = fieldsOf(fieldsOf(read('images.yaml')?.spec).images)
  const merged = { ...spec, ...(isFields(flows) && { flows }) }
  return { ...policy, spec: 'images' in spec ? { ...merged, images: { ...fieldsOf(spec.images), ...images } } : merged }
}

const fieldsOf = (value: unknown): Record<string, unknown> => (isFields(value) ? value : {})
