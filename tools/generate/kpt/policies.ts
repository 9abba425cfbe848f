import { type Flow, parseFlows } from '../../../functions/lib/flows/flow.ts'
import type { FlowsSpec } from '../../../functions/lib/flows/schema.ts'
import type { Fields, KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { buildPlain, type Kustomize } from './build.ts'
import type { ObjectFile } from './objects.ts'
import { documents, readObject } from './text.ts'

type Policy = KubernetesObject & { spec: Fields }

/**
 * The policy that an overlay hardens by, one object a function, in whatever form the overlay has it. Of the flows and
 * digests, which are the organisation's, each has those that the objects of the package have to do with.
 */
export function policies(
  root: string,
  kustomize: Kustomize,
  overlay: string,
  files: readonly ObjectFile[],
): KubernetesObject[] {
  const resources = [`${overlay}/hardening`]
  const layered = buildPlain(root, kustomize, { resources })
  const single = /^kind: Hardening$/m.test(layered)
    ? buildPlain(root, kustomize, { resources, components: ['components/single-functions'] })
    : layered
  return documents(single).map((text) => {
    const { apiVersion, kind, metadata, spec } = readObject(text) as Policy
    return { apiVersion, kind, metadata: { name: metadata.name }, spec: forThese(files, spec) }
  })
}

function forThese(files: readonly ObjectFile[], spec: Fields): Fields {
  const namespaces = new Set(files.flatMap(({ object }) => object.metadata.namespace ?? []))
  const own = { ...spec }
  if (spec.flows) {
    const flows = spec.flows as FlowsSpec
    const touching = parseFlows(flows).filter((flow) =>
      namespacesOf(flow).some((namespace) => namespaces.has(namespace)),
    )
    own.flows = Object.fromEntries(touching.map(({ key }) => [key, flows[key]]))
  }
  if (spec.digests)
    own.digests = Object.fromEntries(
      Object.entries(spec.digests).filter(([image]) => files.some(({ text }) => text.includes(image))),
    )
  return own
}

const namespacesOf = ({ destination, callers }: Flow): string[] =>
  [destination, ...callers].flatMap((end) => ('namespace' in end ? end.namespace : []))
