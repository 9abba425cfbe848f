import { sourceReferencesOf } from '../../functions/flux-conventions/tree/references.ts'
import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { clean } from './clean.ts'
import { conditionOf } from './health/condition.ts'
import { idOf, type Ref, refTo } from './problem.ts'
import { RESOURCES } from './resources.ts'
import type { World } from './world.ts'

/** What an object of Flux takes its content from: its sources, its chart, its repository of images, its inputs. */
export function sourcesOf(object: KubernetesObject, world: World): Ref[] {
  const { namespace } = object.metadata
  const chart = chartOf(object, world)
  if (chart) return [chart]
  const repository = textAt(object, 'spec', 'imageRepositoryRef', 'name')
  const where = textAt(object, 'spec', 'imageRepositoryRef', 'namespace') ?? namespace
  return [
    ...sourceReferencesOf({ object, namespace }).map((one) => refTo(one.kind, one.namespace ?? namespace, one.name)),
    ...(repository === undefined ? [] : [refTo('ImageRepository', where, repository)]),
    ...listedIn(object).flatMap((one) => {
      const [kind, name] = [textAt(one, 'kind'), textAt(one, 'name')]
      return kind && name ? [refTo(kind, textAt(one, 'namespace') ?? namespace, name)] : []
    }),
  ]
}

/** Source: https://fluxcd.io/flux/components/source/artifactgenerators/ and https://fluxcd.control-plane.io/operator/resourceset/ */
function listedIn(object: KubernetesObject): unknown[] {
  if (object.kind === 'ExternalArtifact') return [valueAt(object, ['spec', 'sourceRef'])]
  if (object.kind === 'ArtifactGenerator') return listAt(object, 'spec', 'sources')
  return object.kind === 'ResourceSet' ? listAt(object, 'spec', 'inputsFrom') : []
}

/** The HelmChart that helm-controller made for a release, once it is there. It names the source in turn. */
function chartOf(object: KubernetesObject, world: World): Ref | undefined {
  const [namespace, name] = textAt(object, 'status', 'helmChart')?.split('/') ?? []
  if (name === undefined || valueAt(object, ['spec', 'chartRef']) !== undefined) return undefined
  const ref = refTo('HelmChart', namespace, name)
  return world.find(ref) && ref
}

/** What an object names in `dependsOn`: of its own kind, but for a ResourceSet, which names the kind. */
export const dependenciesOf = (object: KubernetesObject): Ref[] =>
  listAt(object, 'spec', 'dependsOn').flatMap((entry) => {
    const name = textAt(entry, 'name')
    const kind = textAt(entry, 'kind') ?? object.kind
    return name ? [refTo(kind, textAt(entry, 'namespace') ?? object.metadata.namespace, name)] : []
  })

/**
 * What decides whether an object of Flux is ready, and is not judged here: expressions in CEL, and objects that healthChecks name
 * and whose kinds are not read. Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions
 */
export function notJudgedIn(object: KubernetesObject): string[] {
  const byExpressions = listAt(object, 'spec', 'healthCheckExprs').map(({ kind }) => `${kind} by healthCheckExprs`)
  const named = valueAt(object, ['spec', 'wait']) === true ? [] : listAt(object, 'spec', 'healthChecks')
  const ofOtherKinds = named
    .filter(({ kind }) => !RESOURCES.some((one) => one.kind === kind))
    .map((check) =>
      refTo(String(check.kind), textAt(check, 'namespace') ?? object.metadata.namespace, String(check.name)),
    )
  const dependencies = listAt(object, 'spec', 'dependsOn')
    .filter(({ readyExpr }) => typeof readyExpr === 'string')
    .map(({ name }) => `${object.kind} ${name} by readyExpr`)
  return [...new Set([...byExpressions, ...ofOtherKinds.map(idOf), ...dependencies])].map(clean)
}

/**
 * Ids of what it waits for until it is healthy. A release waits for its pods; a Kustomization for what it applied or for what
 * it names, if it is told so and has come as far as that. `made` are the ids of what it made and is not healthy.
 */
export function waitedFor(object: KubernetesObject, made: readonly string[]): readonly string[] {
  if (object.kind === 'HelmRelease') return made
  const ready = conditionOf(object, 'Ready')
  if (ready?.status === 'False' && ready.said.reason !== 'HealthCheckFailed') return []
  if (valueAt(object, ['spec', 'wait']) === true) return made
  return listAt(object, 'spec', 'healthChecks').flatMap((check) => {
    const [kind, name] = [textAt(check, 'kind'), textAt(check, 'name')]
    return kind && name ? [idOf(refTo(kind, textAt(check, 'namespace') ?? object.metadata.namespace, name))] : []
  })
}
