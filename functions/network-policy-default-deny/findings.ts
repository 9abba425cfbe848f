import { defineFindings } from '../lib/framework/finding.ts'
import { unknownKey } from '../lib/framework/unknown-keys.ts'
import { NAME } from './name.ts'

/** Everything this function can report, by short name. */
export const findings = defineFindings(NAME, {
  'unknown-key': unknownKey,
  'hand-written-name': {
    severity: 'error',
    message: () =>
      'found a policy of this name that is written by hand; expected none, because one is generated under it: declare what it admits as flows and remove it, or rename it',
    means: 'A policy that a person wrote has the name of one that is generated, and other rules.',
    why: 'Policies add up, so completing it would hide who admits what.',
    fix: 'Declare what it admits as flows and remove it, or rename it.',
  },
  exception: {
    severity: 'info',
    message: (reason: string) => reason,
    means: 'A policy makes an exception, for the reason that the message gives.',
    why: 'Whoever reviews the rendering must see each exception.',
    fix: 'Nothing, unless the reason no longer holds: then remove the exception from the policy.',
  },
  'repeated-name': {
    severity: 'error',
    message: () =>
      'found two policies to generate under this name; expected a name of its own for each of the workloads, run-time pods and always policies',
    means: 'Two of the policies to generate have one name in one namespace.',
    why: 'The cluster keeps one object of a name, so one of the two would be lost.',
    fix: 'Rename the run-time pods in the key of their flow, or the entry of always.',
  },
  'unknown-nodes': {
    severity: 'error',
    message: () =>
      'found calls from or to pods with hostNetwork, which NetworkPolicy knows by the addresses of nodes alone; expected nodes to give their ranges',
    means:
      'A caller or a destination has the network of its node, and the policy does not give the addresses of nodes.',
    why: 'No label selects such pods in a NetworkPolicy, so the traffic would be dropped.',
    fix: 'Set nodes to the address ranges of the nodes.',
  },
  'unlabelled-namespace': {
    severity: 'error',
    message: (found: string | undefined, expected: string) =>
      `found ${found ?? 'no such label'}, expected ${expected}, because policies select namespaces by namespaceLabel`,
    means: 'A Namespace of the build does not carry its name under the configured namespaceLabel.',
    why: 'Policies select the pods of other namespaces by that label and would admit nobody from this one.',
    fix: 'Add the label to the Namespace, or remove namespaceLabel to use the label that Kubernetes sets by itself.',
  },
  redundant: {
    severity: 'warning',
    message: (broader: string, fix: string) =>
      `redundant: everything it admits is admitted by the broader NetworkPolicy ${broader} already; ${fix}`,
    means: 'Everything that one direction of a policy admits is admitted by a broader policy for the same pods too.',
    why: 'The narrow policy restricts nothing, although it looks as if it did.',
    fix: 'Narrow the broader policy, or remove one of the two.',
  },
  'broader-than-flows': {
    severity: 'warning',
    message: (caller: string, port: string, callee: string, flow: string) =>
      `found ${caller} admitted to ${port} of ${callee}, which no flow declares; expected ${flow}, or the policy narrowed`,
    means: 'A policy that a person wrote admits a caller to a port to which no flow admits it.',
    why: 'Policies add up, so what the generated ones leave out is open all the same.',
    fix: 'Declare the traffic as a flow and remove the policy, or narrow the policy to what flows declare.',
  },
  'broader-egress': {
    severity: 'warning',
    message: (caller: string, callee: string, port: string, line: string) =>
      `found ${caller} let out to ${port} of ${callee}, which no flow declares; expected ${line}, or the policy narrowed`,
    means: 'A policy that a person wrote lets a workload call what no flow lets it call.',
    why: 'Policies add up, so what the generated ones leave out is open all the same.',
    fix: 'Declare the traffic as a flow and remove the policy, or narrow the policy to what flows declare.',
  },
  'not-compared': {
    severity: 'warning',
    message: () =>
      'is written by hand, and what it admits is not compared with the flows; expected flows in its place, where these can say it',
    means:
      'A policy of Cilium, Calico, Antrea or the cluster that a person wrote decides about traffic in a denied namespace.',
    why: 'Policies add up, and nothing here tells whether it admits more than the flows declare.',
    fix: 'Declare what it admits as flows and remove it, or keep it for what flows cannot say, such as HTTP paths.',
  },
  'dead-policy': {
    severity: 'error',
    message: (nearest: string) =>
      `found no pod of the build and no declared run-time pods that it selects${nearest}; expected labels of pods, a flow with that selector or an entry of runtimePods, or the policy removed`,
    means: 'A policy that a person wrote selects no pod that is known in its namespace.',
    why: 'Its labels are misspelt or it is a remnant, and the pods that it was meant for are not covered by it.',
    fix: 'Correct its selector, declare the pods by a flow with a selector or under runtimePods, or remove the policy.',
  },
  'forgotten-endpoint': {
    severity: 'warning',
    message: (flow: string, service: string, others: string, called: string) =>
      `flow ${flow}: found Service ${service} selecting ${others} besides ${called}; expected a flow to each, because policies drop what the Service sends to the others`,
    means: 'The Service of a flow also selects pods of workloads to which no flow goes.',
    why: 'The Service spreads connections over all of its pods, and the share of the others is dropped.',
    fix: 'Declare a flow to each of the workloads, or narrow the selector of the Service.',
  },
  'service-selects-nothing': {
    severity: 'warning',
    message: (difference: string, service: string, selector: string) =>
      `found no pod of the build that it selects${difference}; expected the labels of pods, or runtimePods.${service}: {labels: ${selector}} if something makes them at run time`,
    means:
      'The selector of a Service matches no pod of the build, no declared run-time pods and no pods of a known operator.',
    why: 'The Service has no endpoints: either a label is misspelt, or its pods are not known and get no policy.',
    fix: 'Correct the selector, declare the pods under runtimePods or by a flow with a selector, or name the Service under spec.elsewhere with a reason.',
  },
  'allow-any-without-reason': {
    severity: 'error',
    message: (annotation: string, name: string) =>
      `found ALLOW_ANY without a reason; expected the annotation ${annotation}, which istio-hardening writes, or openEgress.${name} with a reason`,
    means: 'The Sidecar of a workload lets it call anything and does not say why.',
    why: 'The egress policy would have to admit everything as well, which is an exception that needs a reason.',
    fix: 'Give the reason under outbound of istio-hardening or under openEgress, or remove ALLOW_ANY.',
  },
  'scraper-unknown': {
    severity: 'warning',
    message: (what: string) =>
      `found ${what}, and no scraper in the policy; expected scrape: {namespace, labels}, or no Prometheus gets its metrics`,
    means: 'Pods ask Prometheus to scrape them, and the policy does not say which pods are Prometheus.',
    why: 'Default deny blocks the scrape, so the metrics are missing.',
    fix: 'Say under scrape of networkPolicy in which namespace Prometheus runs and which labels it has, or remove the annotations.',
  },
  'monitor-without-scraper': {
    severity: 'warning',
    message: (targets: readonly string[]) =>
      `asks for a scrape of ${targets.join(', ')}, and no Prometheus of the build reads it; expected scrape: {namespace, labels} of the Prometheus that does, or it is not admitted`,
    means:
      'A ServiceMonitor, a PodMonitor or a Probe selects pods of the build, and neither a Prometheus of the build nor the policy says who scrapes them.',
    why: 'Default deny blocks the scrape, so the metrics are missing.',
    fix: 'Say under scrape of networkPolicy in which namespace Prometheus runs and which labels it has, or let the selectors of the Prometheus choose the monitor.',
  },
  'kubelets-without-nodes': {
    severity: 'warning',
    message: (pods: string) =>
      `${pods}: its service account may read what kubelets serve, and the policy does not let it out to them; expected nodes to give the address ranges of the nodes`,
    means:
      'A ClusterRole of the build gives the pods a right to nodes/metrics, nodes/proxy or nodes/stats, and the policy does not say which addresses nodes have.',
    why: 'Kubelets answer at the addresses of nodes, port 10250, and default deny drops the calls: metrics of nodes and pods are missing.',
    fix: 'Set nodes to the address ranges of the nodes, or name the workload under openEgress.',
  },
  'egress-was-open': {
    severity: 'warning',
    message: (policies: string, name: string) =>
      `found its egress left open by ${policies}, and the generated policies deny it but for flows; expected workloads.${name}.stage: ingress to leave it open for now, full to say that its flows are complete`,
    means: 'Policies that a person wrote for a workload restrict who may call it, and not whom it calls.',
    why: 'With default deny for both directions, whatever it calls and no flow declares is cut off.',
    fix: 'Declare what it calls as flows and set workloads.<name>.stage to full, or set it to ingress for now.',
  },
  staged: {
    severity: 'info',
    message: (stage: string, now: number, later: number) =>
      `stage ${stage}: writes ${now} policies; at stage full it would be ${later}`,
    means: 'The policy is at a stage before full, so traffic is open that it will deny.',
    why: 'Whoever reviews the rendering must see how far the namespace is from being denied by default.',
    fix: 'Fix what check lists as cut off, then set stage to the next: ingress after audit, full after ingress.',
  },
  'gateway-without-callers': {
    severity: 'warning',
    message: (flows: string, selector: string) =>
      `nobody is admitted to the pods that its controller makes; expected ${flows} from: [any] with a reason, and ${selector}`,
    means: 'A Gateway of the Gateway API is in a denied namespace, and no flow says who calls its pods.',
    why: 'The gateway reaches its backends, but default deny drops what arrives at it from outside.',
    fix: 'Declare the flow that the message gives, or name callers in place of any.',
  },
  'waypoint-cut-off': {
    severity: 'warning',
    message: (flow: string, caller: string) =>
      `its pods carry traffic of the mesh, and nobody is admitted to them; expected ${flow} from the pods that call through it, and ${caller} under from of the flows to what it leads to`,
    means: 'A waypoint of an ambient mesh is in a denied namespace, and no flow goes to its pods.',
    why: 'Traffic that goes through the waypoint is dropped on both of its sides.',
    fix: 'Declare a flow to the waypoint, and name it as a caller of the workloads behind it.',
  },
  'scrape-port-unknown': {
    severity: 'warning',
    message: (found: string) => `found ${found}, expected a port number; the scraper is not admitted to it`,
    means: 'The annotation prometheus.io/port of pods without a sidecar is not a number from 1 to 65535.',
    why: 'A policy needs the number, so the scraper is not admitted and the metrics are missing.',
    fix: 'Write the number, or declare a flow from the scraper to the port.',
  },
  'not-denied': {
    severity: 'info',
    message: (why: string) => why,
    means: 'Workloads of the build are in a namespace that this build does not deny by default.',
    why: 'Their own policies restrict them; other pods of the namespace stay open unless another build denies it.',
    fix: 'Name the namespace under namespaces to deny it here.',
  },
  'host-network': {
    severity: 'info',
    message: () => 'hostNetwork: no NetworkPolicy selects its pods, so none is written; nothing limits their traffic',
    means: 'The pods of a workload have the network of their node.',
    why: 'NetworkPolicy does not apply to them.',
    fix: 'Remove hostNetwork if the workload does not need it.',
  },
  'no-labels': {
    severity: 'error',
    message: () => 'found no labels on its pods; expected one that tells them from other pods, for policies to select',
    means: 'The pods of a workload carry no labels.',
    why: 'A policy selects pods by labels, and an empty selector would select the whole namespace.',
    fix: 'Add a label to the pod template, such as app.kubernetes.io/name.',
  },
  'shared-labels': {
    severity: 'warning',
    message: (others: string) =>
      `found its labels on the pods of ${others} too, which therefore get what this workload is admitted; expected a label that tells them apart`,
    means: 'Every label of the pods of a workload is on the pods of another workload as well.',
    why: 'A policy applies to every pod with its labels, so the other workload may call and be called more than declared.',
    fix: 'Add a label to the pod template that tells the workloads apart.',
  },
  'two-selectors': {
    severity: 'error',
    message: (source: string, pods: string, labels: string) =>
      `${source}: found labels that differ from those by which a flow selects ${pods}, ${labels}; expected one selector for one name, because a policy is named by it`,
    means: 'Two declarations select different run-time pods under one name.',
    why: 'One policy is generated for the name, and it can have one selector only.',
    fix: 'Give the pods names of their own in the keys of the flows, or make the selectors equal.',
  },
  'runtime-pods-without-labels': {
    severity: 'error',
    message: (pods: string) =>
      `runtimePods ${pods}: found no labels, and no flow to ${pods} with a selector; expected labels that select the pods`,
    means: 'An entry of runtimePods gives no labels, and no flow selects pods under its name.',
    why: 'Nothing says which pods are meant, so they would get no policy.',
    fix: 'Give the entry labels, or correct its name to that of a flow.',
  },
  'caller-without-pods': {
    severity: 'info',
    message: (flow: string, caller: string, meant: string) =>
      `flow ${flow}: found no pods of the build for the caller ${caller}${meant}; default-deny cuts them off from it, unless another build admits their egress, or runtimePods gives their labels`,
    means:
      'A caller of a flow is in a denied namespace, and no pod of the build and no declared run-time pods carry its labels.',
    why: 'The destination admits the caller, but nothing here gives it egress.',
    fix: 'Correct the caller, declare the pods under runtimePods, or name them under spec.elsewhere if another repository deploys them.',
  },
  'exposed-service': {
    severity: 'warning',
    message: (service: string, ports: string, lines: string) =>
      `found ${service}, by which callers outside the cluster reach port ${ports}, and no flow that admits them; expected ${lines}, or another type of Service`,
    means:
      'A Service of type LoadBalancer or NodePort, or with external IPs, leads to pods that nobody outside may call.',
    why: 'The load balancer is there and answers nobody: default-deny drops what it forwards.',
    fix: 'Declare a flow to the workload with from: [any] and a reason, or make the Service one of type ClusterIP.',
  },
  'exposed-host-port': {
    severity: 'warning',
    message: (ports: readonly string[], lines: string) =>
      `found hostPort ${ports.join(' and ')}, by which callers reach the pods through their node, and no flow that admits them; expected ${lines}, or no hostPort`,
    means: 'Containers have ports of their node, and nobody outside may call the pods.',
    why: 'The node forwards the connections, and default-deny drops them.',
    fix: 'Declare a flow to the port with from: [any] and a reason, or remove hostPort.',
  },
  'port-without-container': {
    severity: 'warning',
    message: (names: readonly string[], workloads: string, known: readonly string[]) =>
      `found targetPort ${names.join(' and ')}, and no container of ${workloads} has a port of this name; expected ${known.length > 0 ? `one of ${known.join(', ')}` : 'the number of a port'}, or a container that declares the name`,
    means: 'A port of a Service leads to a port by its name, and no pod that the Service selects declares that name.',
    why: 'Kubernetes finds no endpoint for the port, so every call of it is refused, and no policy can admit one.',
    fix: 'Correct the targetPort of the Service, or name the port in the container.',
  },
  'probe-without-port': {
    severity: 'warning',
    message: (probe: string, port: string | number, known: readonly string[]) =>
      `${probe}: found port ${port}, which the container does not declare; expected ${known.length > 0 ? `one of ${known.join(', ')}` : 'the number of a port'}, or a port of this name in the container`,
    means: 'A probe or hook calls a port by its name, and its container declares no port of that name.',
    why: 'The kubelet cannot resolve the name, so the probe fails: the pod is never ready, or is started again and again.',
    fix: 'Correct the port of the probe, or name the port in the container.',
  },
  'operator-cut-off': {
    severity: 'warning',
    message: (ports: readonly number[], flows: readonly string[], operator: string) =>
      `its operator calls the pods on ${ports.join(' and ')}, and no flow admits it; expected ${flows.join(' and ')} from: [${operator}], or the labels with which the operator is installed`,
    means: 'The operator of a custom resource calls the pods that it makes, and no flow admits it to them.',
    why: 'Default deny drops the calls, so the operator takes the pods for down: it reports them, and neither upgrades nor fails over.',
    fix: 'Declare the flows that the message gives, in a policy that the build of the operator sees too.',
  },
  'probe-target-cut-off': {
    severity: 'warning',
    message: (prober: string, flows: readonly string[]) =>
      `${prober} probes what no flow lets it call; expected ${flows.join(' and ')} from: [${prober}]`,
    means: 'A Probe lists targets, and no flow lets the prober call them.',
    why: 'Default deny drops the calls, so every probe fails and the alerts on it fire.',
    fix: 'Declare the flows that the message gives, or remove the targets from the Probe.',
  },
  'unserved-ingress-class': {
    severity: 'warning',
    message: (ingressClass: string, known: readonly string[]) =>
      `found class ${ingressClass}, which no entry of gateways.ingress serves, so nobody is admitted to its backends; expected one of ${known.join(', ') || 'the configured classes'}, or an entry with class: ${ingressClass}`,
    means: 'An Ingress has a class, and the policy does not say which pods serve that class.',
    why: 'The controller of another class does not serve it, so nobody is admitted to the backends.',
    fix: 'Add the controller to gateways.ingress with its class, its namespace and its labels.',
  },
  'service-port-elsewhere': {
    severity: 'warning',
    message: (flow: string, port: string, onPod: string, key: string, caller: string) =>
      `flow ${flow}: found port ${port}, which a Service of this build leads to port ${onPod} of the pods; the build of the caller ${caller} cannot translate it, so expected ${key}, or podPort: ${onPod} on the flow`,
    means: 'A flow gives the port of a Service, and its caller is in another build, which does not have that Service.',
    why: 'Policies see the port of the pods. The policy of the caller opens a port that nothing serves, and the call is dropped.',
    fix: 'Write the port of the pods in the key of the flow, where the Service is found by it as well, or as podPort of the flow.',
  },
  'untranslated-port': {
    severity: 'warning',
    message: (flows: readonly string[]) =>
      `flows to pods of other builds by a port below 1024: ${flows.join(', ')}; nothing here translates the port of a Service, so expected podPort with the port of the pods on each, even if it is the same`,
    means: 'Flows go to pods of other builds by a port that is probably the one of a Service, such as 80 for 8080.',
    why: 'Policies see the port of the pods. If the number is the one of a Service, egress opens a port that nothing serves, and the call is dropped.',
    fix: 'Give each of the flows podPort. The build that has the pods checks it.',
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
