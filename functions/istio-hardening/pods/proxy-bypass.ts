import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings/index.ts'

/**
 * Annotations that lead traffic past the proxy, with their harmless values. Source:
 * https://istio.io/latest/docs/reference/config/annotations/
 */
const ANNOTATIONS: Readonly<Record<string, readonly string[]>> = {
  'traffic.sidecar.istio.io/includeInboundPorts': ['*'],
  'traffic.sidecar.istio.io/excludeInboundPorts': [''],
  'traffic.sidecar.istio.io/includeOutboundIPRanges': ['*'],
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': [''],
  'traffic.sidecar.istio.io/excludeInterfaces': [''],
  'sidecar.istio.io/interceptionMode': ['REDIRECT', 'TPROXY'],
}

/**
 * The user and group ID of the proxy. Istio takes the traffic of a process with either for the proxy's own. Source:
 * https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
const PROXY_ID = 1337

/** Fields of a manifest that let its pods call, or be called, without their sidecar, past mutual TLS and the Sidecar. */
export function pastTheProxy({ object, template }: Workload): Finding[] {
  const annotations = template.metadata?.annotations ?? {}
  const written = Object.entries(ANNOTATIONS)
    .map(([key, harmless]) => ({ path: ['metadata', 'annotations', key], value: annotations[key], harmless }))
    .filter(({ value, harmless }) => value !== undefined && !harmless.includes(value.trim()))
    .map(({ path }) => path)
  const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const
  const contexts = [
    { path: ['spec', 'securityContext'], context: template.spec.securityContext },
    ...lists.flatMap((list) =>
      (template.spec[list] ?? []).map(({ securityContext }, index) => ({
        path: ['spec', list, index, 'securityContext'],
        context: securityContext,
      })),
    ),
  ]
  const users = contexts.flatMap(({ path, context }) =>
    (['runAsUser', 'runAsGroup'] as const)
      .filter((field) => context?.[field] === PROXY_ID)
      .map((field) => [...path, field]),
  )
  return [...written, ...users].map((path) =>
    findings['proxy-bypass']({ object, field: { path: formatPath([...template.path, ...path]) } }),
  )
}
