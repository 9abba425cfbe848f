import type { Finding } from '../../lib/framework/finding.ts'
import { hasPlaceholder } from '../../lib/kubernetes/image-reference.ts'
import { describe, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'
import type { Service } from '../../lib/kubernetes/service.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import { nearestLabel, ofManifests, podsByNamespace } from './known-pods.ts'

/**
 * Services whose selector no known pod carries. Where this build has the namespace, its pods are known; elsewhere only a
 * workload that lacks a single one of several labels tells that a label is misspelt.
 */
export function servicesWithoutPods(build: Build): Finding[] {
  const { topology, scope } = build
  const lost = topology.services.filter(
    (service) => isSelecting(service) && topology.workloadsBehind(service).length === 0,
  )
  if (lost.length === 0) return []
  const denied = new Set(scope.denied)
  const pods = podsByNamespace(build)
  return lost.flatMap((service) => {
    const { object, name, namespace, selector = {} } = service
    const asked = ofManifests({ matchLabels: selector }).matchLabels as Labels
    const known = pods.get(namespace) ?? []
    const mayBeMade = topology.made.some((made) => made.namespace === namespace && agrees(asked, made.allLabels))
    if (known.some((labels) => selects(asked, labels)) || mayBeMade || topology.isElsewhere(namespace, name)) return []
    const near = butForOneLabel(service, build)
    if (!near && !denied.has(namespace)) return []
    const difference = near ? `: ${near}` : nearestLabel([{ matchLabels: asked }], known)
    return [
      findings['service-selects-nothing']({ object }, difference, `${namespace}/${name}`, JSON.stringify(selector)),
    ]
  })
}

const isSelecting = ({ object, selector = {} }: Service): boolean =>
  Object.keys(selector).length > 0 &&
  !Object.entries(selector).flat().some(hasPlaceholder) &&
  valueAt(object, ['spec', 'type']) !== 'ExternalName'

/** An operator gives its pods more labels than are known: one that is asked for is enough if none contradicts. */
const agrees = (asked: Labels, labels: Labels): boolean =>
  Object.entries(asked).some(([key, value]) => labels[key] === value) &&
  Object.entries(asked).every(([key, value]) => (labels[key] ?? value) === value)

/** The workload that carries all labels of a selector but one, and what it has in its place. */
function butForOneLabel({ namespace, selector = {} }: Service, { topology }: Build): string | undefined {
  for (const [key, value] of Object.entries(selector)) {
    const { [key]: _, ...others } = selector
    const [near] = Object.keys(others).length > 0 ? topology.workloadsWith(namespace, others) : []
    if (near) return `${describe(near.object)} has ${found(near, key)} in place of ${key}: ${value}`
  }
  return undefined
}

const found = ({ labels }: Workload, key: string): string =>
  labels[key] === undefined ? 'nothing' : `${key}: ${labels[key]}`
