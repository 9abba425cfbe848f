import { hasPlaceholder } from '../../functions/lib/kubernetes/image-reference.ts'
import { INJECT, REVISION } from '../../functions/lib/kubernetes/istio.ts'
import { describe, groupOf, isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import type { Coverage } from '../reachability/coverage.ts'
import { isActive } from './flows.ts'
import type { Found } from './found.ts'

/** What a person has to decide, each with the file in which to decide it. */
export function reviewOf(objects: readonly KubernetesObject[], sections: readonly string[], found: Found): string[] {
  const guesses = found.flows.filter((flow) => !isActive(flow)).length
  return [
    `flows.yaml: active: ${found.flows.length - guesses}; guesses, in comments: ${guesses}`,
    ...(sections.includes('images') ? imagesToPin(found.images) : []),
    ...(sections.includes('securityContext') ? usersAndRoots(found.containers) : []),
    ...(sections.includes('istio') ? ofTheMesh(objects, found) : []),
    ...(sections.includes('networkPolicy') ? [...namespacesToDeny(found.namespaces), ...scrapers(found.scraped)] : []),
    ...found.notes,
  ]
}

function imagesToPin(images: readonly string[]): string[] {
  const placeholders = images.filter(hasPlaceholder)
  const tags = images.length - placeholders.length
  return [
    ...(tags > 0
      ? [`images.yaml: images that run by their tag until krm-hardening lock writes their digests: ${tags}`]
      : []),
    ...(placeholders.length > 0
      ? [
          `images.yaml: ${some(placeholders)}: what fills in the placeholder decides what runs; pin the digest there, and say so in the reason`,
        ]
      : []),
  ]
}

/** No manifest says which user and which files a program needs. Only running it shows that. */
const usersAndRoots = (containers: Found['containers']): string[] =>
  containers.length === 0
    ? []
    : [
        `policy.yaml: ${some(containers.map(({ name }) => name))}: run as the policy's user with a read-only root; securityContext.containers has an entry for each, in comments`,
      ]

const SHOWN = 6
/** Shortened for a terminal; the written files have the whole list. */
const some = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`

const scrapers = (scraped: readonly string[]): string[] =>
  scraped.length === 0
    ? []
    : [
        `policy.yaml: ${some(scraped)}: no Prometheus of this build reads it; say under networkPolicy.scrape where it runs`,
      ]

const namespacesToDeny = (namespaces: readonly string[]): string[] =>
  namespaces.map(
    (namespace) =>
      `policy.yaml: namespace ${namespace} has no Namespace object in this build; name it under networkPolicy.namespaces to deny it by default, if nothing else runs in it`,
  )

function ofTheMesh(objects: readonly KubernetesObject[], { outsidePorts }: Found): string[] {
  const ingresses = objects.filter((object) => isKind(object, 'networking.k8s.io', 'Ingress')).map(describe)
  const exposed = [...new Set(outsidePorts.flatMap(({ source, isRoute }) => (isRoute ? [] : [source])))]
  return [
    ...(objects.some(isOfIstio)
      ? []
      : [
          'policy.yaml: this build has no object of Istio; if the cluster does not run it, remove the section istio, or run init --without istio',
        ]),
    ...(ingresses.length > 0
      ? [
          `policy.yaml: ${ingresses.join(', ')}: mutual TLS is strict, so a controller outside the mesh is refused; uncomment the port of its backends under istio.permissivePorts`,
        ]
      : []),
    ...(exposed.length > 0
      ? [
          `policy.yaml: ${some(exposed)}: mutual TLS is strict, so clients without a proxy are refused; uncomment the port under istio.permissivePorts`,
        ]
      : []),
  ]
}

function isOfIstio(object: KubernetesObject): boolean {
  const labels = { ...object.metadata.labels, ...podTemplateOf(object)?.metadata?.labels }
  return (
    groupOf(object.apiVersion).endsWith('.istio.io') || [INJECT, REVISION, 'istio-injection'].some((l) => l in labels)
  )
}

/** What the proposed policy cuts off, for a person to judge whether anything needs it. */
export const cutOffLines = ({ uncalled, callNothing }: Coverage): string[] => [
  ...uncalled.map(
    ({ service, port }) =>
      `${describe(service.object)}: nobody may call port ${port.name ?? port.port}; add a flow with its callers, or one with expect: uncalled`,
  ),
  ...(callNothing.length > 0
    ? [`may call nothing but DNS: ${callNothing.map(({ object }) => describe(object)).join(', ')}`]
    : []),
]
