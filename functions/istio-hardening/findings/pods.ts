import type { FindingKind } from '../../lib/framework/finding.ts'

const EXCLUDED = 'traffic.sidecar.istio.io/excludeOutboundPorts'

/** Findings about what is written on pods, by short name. */
export const podFindings = {
  'unknown-scrape-port': {
    severity: 'error',
    message: (name: string, port: number | string, meant: string, names: string) =>
      `scrape.${name}.port: found ${port}, which no container declares${meant}; expected ${names}a number`,
    means: 'scrape names a port that no container of the workload declares.',
    why: 'Prometheus would scrape nothing.',
    fix: 'Correct the name under scrape.<workload>.port, or write the number.',
  },
  'unused-scrape-port': {
    severity: 'warning',
    message: (port: number | string, meant: string) =>
      `scrape["*"].port: found ${port}, which no container of the build declares${meant}; expected the name of a port, or a number`,
    means: 'The scrape port for every workload is declared by none of them.',
    why: 'The line has no effect.',
    fix: 'Correct the name under scrape["*"].port, or write the number.',
  },
  'knative-dns-config': {
    severity: 'info',
    message: (name: string) =>
      `Knative admits dnsConfig only where its feature kubernetes.podspec-dnsconfig is enabled; where it is not, set workloads.${name}.ndots: off`,
    means: 'ndots was written on a Knative Service.',
    why: 'Knative refuses dnsConfig unless its feature flag is enabled.',
    fix: 'Enable kubernetes.podspec-dnsconfig, or set workloads.<name>.ndots: off.',
  },
  'proxy-bypass': {
    severity: 'warning',
    message: () =>
      'leads traffic past the proxy, where neither mutual TLS nor a Sidecar holds; expected the field absent',
    means: 'An annotation, or the user ID of the proxy, leads traffic of the pod past its proxy.',
    why: 'That traffic is neither encrypted nor restricted by the mesh.',
    fix: 'Remove the field; declare the traffic as a plain flow if it has to bypass the proxy.',
  },
  'plain-port-name': {
    severity: 'error',
    message: (flows: string) =>
      `${flows}: found the name of a port outside this build, expected its number, because ${EXCLUDED} takes numbers`,
    means: 'A plain flow names a port of another build, whose number is unknown here.',
    why: 'The proxy can be told to leave out port numbers only.',
    fix: 'Write the number of the port in the flow.',
  },
  'not-port-numbers': {
    severity: 'error',
    message: () => 'found text, expected port numbers, so that those of plain flows can join them',
    means: 'excludeOutboundPorts of the manifest holds something that is no port number.',
    why: 'The ports of plain flows cannot be added to it.',
    fix: 'Write port numbers, separated by commas, or remove the annotation.',
  },
  'excluded-port': {
    severity: 'warning',
    message: (port: number) => `found port ${port}, which no plain flow dials: all traffic to it bypasses the proxy`,
    means: 'The manifest leads a port past the proxy, and no plain flow dials it.',
    why: 'Traffic to that port on any host is neither encrypted nor restricted by the mesh.',
    fix: 'Remove the port from the annotation, or declare the flow with plain: true.',
  },
  'external-past-proxy': {
    severity: 'warning',
    message: (flow: string, port: number | string) =>
      `flow ${flow}: found port ${port} excluded from the proxy, so that nothing there holds this flow to its host; expected a port of its own for what is plain`,
    means: 'A flow out of the cluster dials a port that bypasses the proxy for another flow.',
    why: 'The Sidecar does not restrict that port, so the pod may call any host there.',
    fix: 'Serve the plain flow on a port of its own.',
  },
  'strict-past-proxy': {
    severity: 'error',
    message: (flow: string, port: number | string) =>
      `flow ${flow}: found port ${port} excluded from the proxy for another flow, so that this one would arrive in plain text and be refused; expected plain: true on both, or a port of its own`,
    means: 'Two flows of one caller dial the same port, and only one of them is plain.',
    why: 'A proxy leaves out ports, whatever the destination, so the other flow would be refused.',
    fix: 'Set plain: true on both flows, or use two ports.',
  },
} satisfies Readonly<Record<string, FindingKind>>
