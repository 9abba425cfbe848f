import { defineFindings } from '../lib/framework/finding.ts'

/** What this function has to say, by short name. */
export const findings = defineFindings('network-policy-default-deny', {
  'exposed-service': {
    severity: 'warning',
    message: (service: string, ports: string, lines: string) =>
      `found ${service}, by which callers outside the cluster reach port ${ports}, and no flow that admits them; expected ${lines}, or another type of Service`,
    means:
      'A Service of type LoadBalancer or NodePort, or with external IPs, leads to pods that nobody outside may call.',
    why: 'The load balancer is there and answers nobody: default-deny drops what it forwards.',
    fix: 'Declare a flow to the workload with from: [any] and a reason, or make the Service one of type ClusterIP.',
  },
  'service-port-elsewhere': {
    severity: 'warning',
    message: (flow: string, port: string, onPod: string, key: string, caller: string) =>
      `flow ${flow}: found port ${port}, which only a Service of this build has; the pods listen on ${onPod}, and the build of the caller ${caller} cannot translate it, so expected ${key}`,
    means: 'A flow gives the port of a Service, and its caller is in another build, which does not have that Service.',
    why: 'Policies see the port of the pods. The policy of the caller opens a port that nothing serves, and the call is dropped.',
    fix: 'Write the port of the pods in the key of the flow; the Service is found by it as well.',
  },
  'caller-with-other-labels': {
    severity: 'warning',
    message: (flow: string, caller: string, workload: string, labels: string) =>
      `flow ${flow}: found no pods for the caller ${caller}: the pods of ${workload} carry other labels; expected ${labels}`,
    means:
      'A caller is named like a workload, but namespace/app means the label app.kubernetes.io/name, which its pods lack.',
    why: 'The destination admits pods that do not exist, and the caller gets no egress.',
    fix: 'Write the caller as {namespace, labels} with the labels that the message gives.',
  },
  'private-ranges-left-out': {
    severity: 'info',
    message: (hosts: readonly string[]) =>
      `hosts outside without addresses: ${hosts.join(', ')}; NetworkPolicy knows no names, so egress to them goes to any address outside of privateRanges: give addresses to those that have a private one`,
    means: 'Flows go to hosts outside the cluster whose addresses the policy does not give.',
    why: 'Egress leaves out the private ranges, so a host with a private address, such as a metadata server, cannot be reached.',
    fix: 'Set addresses for each host that has a private or a known address.',
  },
})
