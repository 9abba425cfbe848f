import { defineFindings } from '../framework/finding.ts'

const orNothing = (names: readonly string[], alternative: string): string =>
  names.length > 0 ? `one of ${names.join(', ')}, or ${alternative}` : alternative

/** Everything that can be reported about flows, whichever function reads them. */
export const findings = defineFindings('flows', {
  'external-port-name': {
    severity: 'error',
    message: (flow: string, port: string) =>
      `flow ${flow}: found port ${port}, expected a number, because nothing in the cluster says what the name means outside`,
    means: 'A flow to a host outside the cluster gives its port by a name.',
    why: 'Only Services and containers name ports, and a host outside has neither, so no policy could admit the flow.',
    fix: 'Write the number of the port in the key of the flow: external/api.example.com:443.',
  },
  'unknown-destination': {
    severity: 'error',
    message: (flow: string, name: string, namespace: string, meant: string, names: readonly string[]) =>
      `flow ${flow}: found no workload ${name} in namespace ${namespace} of this build${meant}; expected ${orNothing(names, 'a selector for pods that are made at run time')}, or elsewhere.${namespace}/${name} with a reason if another build has it`,
    means: 'The namespace of a flow is in this build, but the workload that the flow goes to is not.',
    why: 'Nothing would be admitted to the workload that was meant.',
    fix: 'Correct the name in the key of the flow, give the flow a selector if an operator makes the pods, or name the workload under spec.elsewhere if another build deploys it to this namespace.',
  },
  'service-without-pods': {
    severity: 'error',
    message: (flow: string, service: string, what: string, expected: string) =>
      `flow ${flow}: found Service ${service}, which ${what}; expected ${expected}, and hosts of istio-hardening with ${service} for callers with a sidecar`,
    means:
      'A flow goes to a Service that no selector binds to pods: an ExternalName, or one whose endpoints are listed.',
    why: 'Policies admit pods and addresses, and this Service is neither: its callers would be cut off from what is behind it.',
    fix: 'Declare the flow to the host or the address behind the Service, and list the Service under hosts of the callers.',
  },
  'unnamed-runtime-pods': {
    severity: 'error',
    message: (flow: string) =>
      `flow ${flow}: found * for pods that a selector selects and no workload of the build has; expected a name for them, because what is generated for them is named by it`,
    means: 'A flow goes to pods that an operator makes, and its key names them *.',
    why: 'Policies for these pods take their name from the key of the flow.',
    fix: 'Write a name of your own in place of * in the key of the flow.',
  },
  'many-pairs': {
    severity: 'warning',
    message: (flow: string, callers: number, callees: number, what: string, where: string) =>
      `flow ${flow}: found ${callers} callers and ${callees} ${what}: all ${callers * callees} pairs are written one by one, ${where}; expected at most 10000`,
    means: 'The same callers may call so many others that policies grow with the square of the workloads.',
    why: 'The rendering becomes large and slow to apply, because each of many objects lists each of many others.',
    fix: 'Give exactly the callees a label of their own, or let the callers share a service account. Flows between all workloads of a namespace are written together.',
  },
  'unknown-port': {
    severity: 'error',
    message: (flow: string, port: string, meant: string, names: readonly string[]) =>
      `flow ${flow}: found no port ${port} on its containers or Services${meant}; expected ${orNothing(names, 'a number')}`,
    means: 'A flow names a port that neither the containers nor the Services of its destination have.',
    why: 'Policies admit numbers, and nothing says which number the name means.',
    fix: 'Correct the name in the key of the flow, or write the number of the port on the pod.',
  },
  'wrong-pod-port': {
    severity: 'error',
    message: (flow: string, found: number, expected: number | string) =>
      `flow ${flow}: found podPort ${found}, and the flow leads to port ${expected} of the pods; expected podPort: ${expected}`,
    means: 'The podPort of a flow is not the port of the pods to which the flow leads.',
    why: 'Builds that do not see the Service let their callers out to podPort, and nothing listens on it.',
    fix: 'Write the port that the message gives, or correct the targetPort of the Service.',
  },
  'unknown-service': {
    severity: 'error',
    message: (flow: string, service: string, port: string, meant: string, names: readonly string[]) =>
      `flow ${flow}: found no Service ${service} that selects it and carries port ${port}${meant}; expected one of ${names.join(', ') || 'its Services'}`,
    means: 'The service of a flow is not in the build, selects other pods or does not carry the port.',
    why: 'A Sidecar would list a host by which nobody can reach the destination.',
    fix: 'Correct service of the flow, or the selector and ports of the Service.',
  },
  'several-services': {
    severity: 'error',
    message: (flow: string, port: string, names: readonly string[]) =>
      `flow ${flow}: found ${names.length} Services that carry port ${port}: ${names.join(', ')}; expected service: to name the one that callers use`,
    means: 'Several Services select the destination of a flow and carry its port.',
    why: 'A Sidecar lists the host that callers dial, and nothing says which of them it is.',
    fix: 'Set service of the flow to the name of the Service that callers use.',
  },
  'no-service': {
    severity: 'error',
    message: (flow: string, port: string, selecting: readonly string[]) =>
      `flow ${flow}: found no Service that selects it and carries port ${port}${selecting.length > 0 ? `: ${selecting.join(', ')}` : ''}; expected one, because a Sidecar admits only hosts of the registry, or plain: true for traffic past the proxies`,
    means: 'No Service carries the port of a flow.',
    why: 'A proxy in REGISTRY_ONLY lets its pod call nothing but Services, so the call would be refused.',
    fix: 'Add a Service with the port, or set plain: true on the flow if its callers dial the pods.',
  },
  'anyone-without-reason': {
    severity: 'error',
    message: (flow: string) =>
      `flow ${flow}: found from: any without a reason; expected a reason, or the callers by name`,
    means: 'A flow admits every caller and does not say why.',
    why: 'An open port is an exception, and whoever reviews the policy must see the reason for it.',
    fix: 'Name the callers under from of the flow, or give the flow a reason.',
  },
  'namespace-without-reason': {
    severity: 'error',
    message: (flow: string, namespace: string) =>
      `flow ${flow}: found every pod of namespace ${namespace} as caller without a reason; expected a reason, or the callers by labels`,
    means: 'A flow admits every pod of a namespace and does not say why.',
    why: 'Whatever is deployed to that namespace later may call too, which is an exception that whoever reviews it must understand.',
    fix: 'Name the callers under from of the flow, or give the flow a reason.',
  },
  'every-port-without-reason': {
    severity: 'error',
    message: (flow: string) =>
      `flow ${flow}: found every port without a reason; expected a reason, or a flow for each port`,
    means: 'A flow goes to every port of its pods and does not say why.',
    why: 'It opens ports that nobody has thought of, such as those of debuggers, which is an exception.',
    fix: 'Write one flow for each port that is called, or give the flow a reason.',
  },
  'every-port-past-proxy': {
    severity: 'error',
    message: (flow: string) =>
      `flow ${flow}: found plain: true with every port; expected the ports that are called past the proxies, one flow each, because proxies leave out ports by number`,
    means: 'A flow goes to every port of its pods past the proxies of the mesh.',
    why: 'A caller excludes ports from its proxy by their numbers, and a callee takes plain text by the number too.',
    fix: 'Write one flow with plain: true for each port that is called past the proxies.',
  },
  'caller-without-namespace': {
    severity: 'error',
    message: (flow: string, caller: string) =>
      `flow ${flow}: found caller ${caller}; expected namespace/app, namespace/app/component, namespace/* or {namespace, labels}, because a destination outside the cluster has no namespace to look for callers in`,
    means: 'A flow to a host outside the cluster names a caller without its namespace.',
    why: 'A bare name is looked up in the namespace of the destination, and a host outside has none.',
    fix: 'Write the caller as namespace/app or namespace/app/component.',
  },
  'unknown-caller': {
    severity: 'error',
    message: (flow: string, caller: string, namespace: string, meant: string) =>
      `flow ${flow}: found caller ${caller}, expected a workload of namespace ${namespace}${meant}; pods that are made elsewhere are written ${namespace}/app/component or {namespace, labels}`,
    means: 'A bare name under from is no workload in the namespace of the destination.',
    why: 'Nothing would be admitted from the caller that was meant.',
    fix: 'Correct the name, or write the caller as namespace/app if another build has it.',
  },
  'caller-with-other-labels': {
    severity: 'warning',
    message: (flow: string, caller: string, labels: string) =>
      `flow ${flow}: found caller ${caller}, which is named like this object, whose pods carry other labels; expected ${labels}`,
    means:
      'A caller is named like a workload, but namespace/app means the label app.kubernetes.io/name, which its pods lack.',
    why: 'The destination admits pods that do not exist, and the caller gets neither egress nor the host in its Sidecar.',
    fix: 'Write the caller as {namespace, labels} with the labels that the message gives.',
  },
  'range-in-mesh': {
    severity: 'warning',
    message: (flow: string) =>
      `flow ${flow}: found a range of TCP ports, which no ServiceEntry and no excluded port can express; its callers in the mesh are let out by network policy alone, so expected single ports, UDP, or outbound ALLOW_ANY for them`,
    means: 'A flow to a host outside the cluster gives a range of TCP ports, and its callers have a sidecar.',
    why: 'A sidecar in REGISTRY_ONLY lets its pod call registered ports only, and a registry has no ranges.',
    fix: 'Declare the ports as single flows, or set outbound of istio-hardening to ALLOW_ANY with a reason for the callers.',
  },
  'no-such-destination': {
    severity: 'error',
    message: (flow: string, name: string, namespace: string, meant: string, expected: string) =>
      `flow ${flow}: found no workload ${name} in namespace ${namespace} of any stack${meant}; expected ${expected}`,
    means:
      'Something of the namespace of a flow is in the environment, but no stack has the workload that the flow goes to.',
    why: 'The caller is let out to pods that do not exist, and whatever was meant is not admitted.',
    fix: 'Correct the key of the flow, or name the pods under spec.elsewhere with the reason.',
  },
  'no-such-caller': {
    severity: 'error',
    message: (flow: string, caller: string, meant: string, expected: string) =>
      `flow ${flow}: found caller ${caller}, which matches no pod of any stack${meant}; expected ${expected}`,
    means: 'Something of the namespace of a caller is in the environment, but no pod carries the labels of the caller.',
    why: 'The destination admits pods that do not exist, and the caller that was meant is blocked.',
    fix: 'Correct the caller under from of the flow, or name the pods under spec.elsewhere with the reason.',
  },
  'not-checked': {
    severity: 'warning',
    message: (flow: string, side: string, namespace: string, meant: string) =>
      `flow ${flow}: the ${side} was not checked: nothing of namespace ${namespace} is in this environment${meant}`,
    means: 'A caller or the destination of a flow is in a namespace that no stack of the environment deploys to.',
    why: 'Nothing here tells whether the pods exist, so a misspelt namespace would go unseen.',
    fix: 'Name the namespace or the pods under spec.elsewhere with the reason, or correct the flow.',
  },
  'unneeded-elsewhere': {
    severity: 'warning',
    message: (entry: string) => `elsewhere.${entry}: no flow needs it; correct the entry or remove it`,
    means: 'An entry under spec.elsewhere covers no caller and no destination that is missing from the environment.',
    why: 'The entry would hide a mistake in a later flow.',
    fix: 'Correct the entry, or remove it from spec.elsewhere.',
  },
  'unserved-backend': {
    severity: 'warning',
    message: (service: string, why: string) =>
      `found Service ${service}, which ${why}, so nobody is admitted to its pods by this object; expected a flow to them with a selector if they are made at run time, one to external/host:port if they are outside, or the Service with its pods`,
    means: 'A route, an Ingress or a webhook sends to a Service whose pods this build does not have.',
    why: 'An operator or another build makes the pods, and nothing here admits the gateway or the API server to them.',
    fix: 'Declare a flow to the pods with their selector and the gateway as caller; a flow with this service settles the warning.',
  },
  'backend-elsewhere': {
    severity: 'warning',
    message: (service: string) =>
      `found Service ${service}, of a namespace that is not in this build, whose build does not see this object and admits nobody by it; expected a flow to its pods from the gateway or the API server, in the policy of both builds`,
    means: 'A route, an Ingress or a webhook sends to a Service in a namespace of another build.',
    why: 'The build of the Service does not see this object, so it does not admit the gateway or the API server.',
    fix: 'Declare a flow to the pods, with the gateway as caller, in the policy that both builds use; it settles the warning.',
  },
  'unknown-backend-port': {
    severity: 'error',
    message: (port: string, service: string, ports: readonly string[]) =>
      `found ${port} of Service ${service}, expected one of ${ports.join(', ')}, with a target port on the pods`,
    means:
      'A route, an Ingress or a webhook names a port that its Service does not have, or that leads to no port of the pods.',
    why: 'The gateway or the API server would call a port that nothing serves.',
    fix: 'Correct the port in the object, or the ports of the Service.',
  },
  'late-variable': {
    severity: 'warning',
    message: (variable: string) =>
      `found ${variable}, which Kustomize's vars replace after all functions have run, so nothing is derived from what it stands for; expected replacements, which run before them`,
    means: 'A name, a port or a selector on which traffic depends is a variable that is replaced only after hardening.',
    why: 'No function sees the value: policies for the traffic are missing from the rendering, and verify finds other objects than it expects.',
    fix: 'Use replacements of Kustomize in place of vars, in a layer at or below the one that names the policy.',
  },
  'monitor-without-target': {
    severity: 'info',
    message: () =>
      'found no Service or pod of the build that it selects with the port that it names; expected its labels and port corrected, or a flow from the Prometheus to the pods if another build has them',
    means:
      'A ServiceMonitor, a PodMonitor or a Probe selects nothing in this build, or names a port that is not there.',
    why: 'The scrape is admitted to nothing: either the metrics are missing, or the pods are in another build that does not see the monitor.',
    fix: 'Correct its selector and port, or declare a flow from the Prometheus to the pods in the policy of both builds.',
  },
  'called-after-all': {
    severity: 'error',
    message: (flow: string, caller: string) =>
      `flow ${flow}: expect: uncalled, and found callers by ${caller}; expected the entry removed, or what admits them`,
    means: 'A flow expects that nobody may call a port, and something admits a caller to it.',
    why: 'The reason that the entry gives is no longer true.',
    fix: 'Remove the entry, or what admits the caller: another flow, a route, or a policy written by hand.',
  },
})
