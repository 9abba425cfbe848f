import { defineFunction } from '../lib/framework/function.ts'
import { isKind } from '../lib/kubernetes/objects.ts'
import { type FluxConventionsSpec, fluxConventionsSchema } from './config.ts'
import { NAME } from './name.ts'
import { isOfFlux } from './schemas/schemas.ts'
import { transform } from './transform.ts'

/** Kinds that make objects which Flux applies or takes for a source, besides those of Flux itself. */
const MAKERS: readonly (readonly [group: string, kind: string])[] = [
  ['fluxcd.controlplane.io', 'ResourceSet'],
  ['source.extensions.fluxcd.io', 'ArtifactGenerator'],
]

export const fluxConventions = defineFunction<FluxConventionsSpec>({
  name: NAME,
  kind: 'FluxConventions',
  section: 'conventions',
  description: 'Checks the objects of Flux, and what they install, against the conventions of a repository',
  schema: fluxConventionsSchema,
  seesReleases: true,
  reads: (spec, item) =>
    isOfFlux(item) ||
    MAKERS.some(([group, kind]) => isKind(item, group, kind)) ||
    ['Secret', 'Namespace', 'ConfigMap'].some((kind) => isKind(item, '', kind)) ||
    isKind(item, 'networking.k8s.io', 'Ingress') ||
    (spec.complete && item.text.includes('${')),
  transform,
})
