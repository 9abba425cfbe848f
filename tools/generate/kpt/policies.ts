import { catalog } from '../../../functions/catalog.ts'
import { declaredBy, WHOLE } from '../../../functions/hardening/shared-fields.ts'
import { type Flow, parseFlows } from '../../../functions/lib/flows/flow.ts'
import type { FlowsSpec } from '../../../functions/lib/flows/schema.ts'
import { shapeOf } from '../../../functions/lib/framework/lazy-zod.ts'
import { type Fields, isFields, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { buildPlain, type Kustomize } from './build.ts'
import type { ObjectFile } from './objects.ts'
import { documents, readObject } from './text.ts'

type HardeningPolicy = KubernetesObject & { spec: Fields }

/**
 * The policy that an overlay hardens by, as one Hardening or as one object a function, in the order in which they run. Of
 * the organisation's flows and digests, it has those that concern the objects of the package.
 */
export function policies(
  root: string,
  kustomize: Kustomize,
  overlay: string,
  files: readonly ObjectFile[],
): KubernetesObject[] {
  const order = catalog.map(({ kind }) => kind)
  return documents(buildPlain(root, kustomize, { resources: [`${overlay}/hardening`] }))
    .map((text) => readObject(text) as HardeningPolicy)
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map(({ apiVersion, kind, metadata, spec }) => {
      const { [WHOLE]: whole, ...section } = spec
      const own = concerning(files, { ...section, ...(whole !== undefined && sharedBy(kind, spec)) })
      if (isFields(own.images)) own.images = concerning(files, own.images)
      return { apiVersion, kind, metadata: { name: metadata.name }, spec: own }
    })
}

/** What a single kind takes of the Hardening of which it is a part. */
function sharedBy(kind: string, spec: Fields): Fields {
  const fields = shapeOf(catalog.find((definition) => definition.kind === kind)?.schema)
  return Object.fromEntries(Object.entries(declaredBy({ spec })).filter(([key]) => Object.hasOwn(fields, key)))
}

/** A policy, or the section of a Hardening that has the digests, with the flows and digests that concern the files. */
function concerning(files: readonly ObjectFile[], spec: Fields): Fields {
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
