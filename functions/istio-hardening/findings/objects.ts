import type { FindingKind } from '../../lib/framework/finding.ts'

/** Findings about Istio objects, generated or written by hand, by short name. */
export const objectFindings = {
  'several-objects': {
    severity: 'warning',
    message: (count: number, kind: string, names: string) =>
      `found ${count} objects of kind ${kind} that select its pods: ${names}; expected one, because Istio does not say which of them holds`,
    means: 'Two hand-written objects of one kind select the same pods.',
    why: 'Istio applies one of them and does not say which.',
    fix: 'Merge them into one object.',
  },
  'selects-nothing': {
    severity: 'warning',
    message: (labels: string) =>
      `found a selector that no pod of the build carries: ${labels}; expected the labels of a workload`,
    means: 'A hand-written Istio object selects no pod of this build.',
    why: 'What it says holds for nobody, unless another build or an operator makes pods with these labels.',
    fix: 'Correct the labels of the selector, or remove the object.',
  },
  'indistinct-pods': {
    severity: 'error',
    message: (others: string, kind: string, all: string) =>
      `found no label that tells its pods from those of ${others}, so that its ${kind} would select ${all}; expected a label of its own on its pod template`,
    means: 'The pods of two workloads carry the same labels.',
    why: 'Two Istio objects of one kind for one pod are undefined.',
    fix: 'Give each pod template a label of its own.',
  },
  'name-taken': {
    severity: 'error',
    message: () =>
      'found this written by hand for something else, under a name that is generated; expected another name, or that it selects the workload of this name',
    means: 'A hand-written object has the name that a generated object needs.',
    why: 'One of the two would be lost.',
    fix: 'Rename the hand-written object, or let it select the workload of its name.',
  },
  'weaker-mtls': {
    severity: 'warning',
    message: (found: unknown) =>
      `found ${found}, expected STRICT: it weakens mutual TLS, and nothing in the policy asks for it; remove it, or give the port a reason under permissivePorts`,
    means: 'A hand-written PeerAuthentication admits plain text without a reason in the policy.',
    why: 'Callers without an identity reach the workload.',
    fix: 'Remove the field, or give the port a reason under permissivePorts.<workload>.',
  },
  'stricter-mtls': {
    severity: 'error',
    message: (found: unknown) =>
      `found ${found}, expected PERMISSIVE: plain text is sent to this port, by a plain flow, the API server or permissivePorts; remove the field`,
    means: 'A hand-written PeerAuthentication refuses plain text on a port where it arrives by intent.',
    why: 'The calls would fail.',
    fix: 'Remove the field, or what sends plain text: the plain flow or the entry of permissivePorts.',
  },
  'plain-text-port': {
    severity: 'info',
    message: (port: number, reason: string) => `port ${port} takes plain text: ${reason}`,
    means: 'The policy lets a port take plain text besides mutual TLS, for the reason given.',
    why: 'Callers of this port need no identity; network policy alone restricts them.',
    fix: 'Nothing, or remove the entry of permissivePorts.',
  },
  'unknown-permissive-port': {
    severity: 'error',
    message: (name: string, port: string, meant: string) =>
      `permissivePorts.${name}: found ${port}, which no container declares${meant}; expected the name of a port, or a number`,
    means: 'permissivePorts names a port that neither a container nor a Service of the workload has.',
    why: 'The port that was meant stays STRICT.',
    fix: 'Correct the name, or write the number of the port on the pod.',
  },
  'caller-outside-mesh': {
    severity: 'error',
    message: (flow: string, caller: string) =>
      `flow ${flow}: found the caller ${caller} outside the mesh, which can only call in plain text and would be refused; expected plain: true`,
    means: 'A caller without a proxy calls a port that takes mutual TLS only.',
    why: 'The calls would fail.',
    fix: 'Set plain: true on the flow, or take the caller into the mesh.',
  },
  'plain-text-from-outside': {
    severity: 'warning',
    message: (who: string, port: number, lines: string) =>
      `found ${who}, through which plain text may reach port ${port}, where STRICT refuses it; expected ${lines}, with a reason, if it does`,
    means:
      'A LoadBalancer, NodePort, external IP, Ingress or Gateway, or a flow from any, sends traffic to a port that takes mutual TLS only.',
    why: 'Callers from outside the cluster, and controllers outside the mesh, speak plain text, so the calls fail.',
    fix: 'Add the entry of permissivePorts that the message names, or call through a gateway that is in the mesh (inMesh in gateways).',
  },
  'pattern-on-tcp': {
    severity: 'warning',
    message: (flows: string) =>
      `flow ${flows}: found a pattern on a port of TCP, which brings no name, so that the proxy lets anything out over it; expected the hosts by name`,
    means: 'A flow to a host pattern uses a TCP port, where the proxy sees no host name.',
    why: 'The proxy lets traffic to any host out over that port.',
    fix: 'Write the hosts by name.',
  },
  'hosts-on-one-tcp-port': {
    severity: 'warning',
    message: (flows: string, count: number) =>
      `flow ${flows}: found ${count} hosts on one port of TCP, which brings no name, so that the proxy sends what is for one to another; expected one of them, plain: true, or DNS capture in the mesh (ISTIO_META_DNS_CAPTURE), which gives each an address`,
    means: 'Several external hosts share a TCP port, where the proxy sees no host name.',
    why: 'The proxy may send what is for one host to another.',
    fix: 'Set plain: true, or enable DNS capture in the mesh.',
  },
  'allow-any': {
    severity: 'info',
    message: (reason: string) => `may call anything outside the registry: ${reason}`,
    means: 'The policy lets the workload call any host, for the reason given.',
    why: 'The mesh does not restrict what it calls.',
    fix: 'Nothing, or declare its calls as flows and remove the entry of outbound.',
  },
  'extra-host': {
    severity: 'info',
    message: (host: string, reason: string) => `may call ${host} beyond its flows: ${reason}`,
    means: 'The policy lets the workload call a host that no flow names, for the reason given.',
    why: 'No network policy follows from this line.',
    fix: 'Nothing, or declare the call as a flow and remove the entry of hosts.',
  },
  'open-mode': {
    severity: 'warning',
    message: (found: unknown, workload: string, name: string) =>
      `found ${found}, expected REGISTRY_ONLY: it lets ${workload} call anything; remove it, or give it a reason under outbound.${name}`,
    means: 'A hand-written Sidecar lets a workload call any host, and the policy gives no reason.',
    why: 'The mesh does not restrict what the workload calls.',
    fix: 'Remove the mode, or give a reason under outbound.<workload>.',
  },
  'open-host': {
    severity: 'warning',
    message: (host: string) =>
      `found ${host}, expected the hosts of flows: it weakens REGISTRY_ONLY to whatever the pattern takes in; list what is called, or give the host a reason under hosts`,
    means: 'A hand-written Sidecar lists a host pattern that neither a flow nor the policy lists.',
    why: 'The workload may call every host that matches the pattern.',
    fix: 'List the hosts that are called, or give the pattern a reason under hosts.<workload>.',
  },
  'telemetry-disabled': {
    severity: 'warning',
    message: () => 'found true, expected none: it weakens what is known of the workload; remove it',
    means: 'A hand-written Telemetry switches off traces, metrics or the access log.',
    why: 'What the workload does is not observed.',
    fix: 'Remove the field, or switch it off in the policy (telemetry, or workloads.<name>.telemetry).',
  },
  'runtime-port-name': {
    severity: 'error',
    message: (flow: string) =>
      `flow ${flow}: found the name of a port of pods that are made at run time, expected its number, because AuthorizationPolicy takes numbers`,
    means: 'A flow names a port of pods that an operator makes, whose number is unknown here.',
    why: 'AuthorizationPolicy takes port numbers only.',
    fix: 'Write the number of the port in the flow.',
  },
  'runtime-name-taken': {
    severity: 'error',
    message: (pods: string) =>
      `flows to ${pods}: found a workload of this name next to the pods that they select; expected another name, because two objects of kind AuthorizationPolicy would have it`,
    means: 'Flows give pods that an operator makes the name of a workload of the build.',
    why: 'Two AuthorizationPolicies would have one name.',
    fix: 'Give the pods another name in the flows.',
  },
  'shared-identity': {
    severity: 'warning',
    message: (pairs: string) =>
      `admits calls that no flow declares, because callers share an identity and the tunnel hides ports from network policy: ${pairs}; expected a service account of its own for each caller`,
    means:
      'In an ambient mesh, callers that share a service account (or are known by their namespace alone) cannot be told apart.',
    why: 'Each of them reaches every port of the callee that one of them may call.',
    fix: 'Give each caller a service account of its own (spec.serviceAccountName).',
  },
} satisfies Readonly<Record<string, FindingKind>>
