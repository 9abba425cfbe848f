import type { FindingKind } from '../../lib/framework/finding.ts'
import { unknownKey } from '../../lib/framework/unknown-keys.ts'

/** Findings about which workloads are in the mesh, by short name. */
export const meshFindings = {
  'unknown-key': unknownKey,
  'host-network': {
    severity: 'info',
    message: () =>
      'its pods share the network of the node (hostNetwork), where no proxy can intercept traffic: no sidecar and no Istio object for it',
    means: 'The pods use the network of their node, so the workload stays out of the mesh.',
    why: 'Its traffic is neither encrypted nor authorized by the mesh.',
    fix: 'Nothing, unless the pods can do without hostNetwork.',
  },
  windows: {
    severity: 'info',
    message: () => 'its pods run on Windows, for which Istio has no proxy: no sidecar and no Istio object for it',
    means: 'Istio has no proxy for Windows, so the workload stays out of the mesh.',
    why: 'Its traffic is neither encrypted nor authorized by the mesh.',
    fix: 'Nothing; declare the flows of its callers as plain.',
  },
  'namespace-not-injected': {
    severity: 'info',
    message: (namespace: string) =>
      `namespace ${namespace} stays out of the mesh (notInjected): no sidecar and no Istio object for it`,
    means: 'The policy keeps the namespace of the workload out of the mesh.',
    why: 'Its traffic is neither encrypted nor authorized by the mesh.',
    fix: 'Nothing, or notInjected.<namespace>: false to take the namespace in.',
  },
  'injected-outside': {
    severity: 'warning',
    message: (namespace: string) =>
      `namespace ${namespace} stays out of the mesh (notInjected), but found sidecar.istio.io/inject: "true" on its pods, which get a sidecar by it, and no Istio object; remove it`,
    means: 'The policy keeps the namespace out of the mesh, but the pods ask for a sidecar.',
    why: 'The pods get a sidecar that no PeerAuthentication, Telemetry or Sidecar configures.',
    fix: 'Remove the label from the pod template, or take the namespace in with notInjected.<namespace>: false.',
  },
  'kept-out': {
    severity: 'info',
    message: (reason: string) => `stays out of the mesh: ${reason}`,
    means: 'The policy keeps this workload out of the mesh, for the reason given.',
    why: 'Its traffic is neither encrypted nor authorized by the mesh.',
    fix: 'Nothing, or remove workloads.<name>.inject.',
  },
  'namespace-refuses-mesh': {
    severity: 'warning',
    message: (label: string, namespace: string) =>
      `found ${label} on its Namespace, which keeps its pods out of the mesh; expected none, or notInjected.${namespace}: true`,
    means: 'A label of the Namespace keeps its pods out of the mesh.',
    why: 'The pods run without a proxy although the policy counts them as members.',
    fix: 'Remove the label of the Namespace, or say notInjected.<namespace>: true in the policy.',
  },
  'pods-refuse-mesh': {
    severity: 'warning',
    message: (label: string, name: string) =>
      `found ${label} on its pods, which keeps them out of the mesh; expected none, or workloads.${name}.inject: false with a reason`,
    means: 'A label or annotation of the pods keeps them out of the mesh.',
    why: 'The pods run without a proxy, and nobody has said why.',
    fix: 'Remove the label, or say workloads.<name>.inject: false with a reason in the policy.',
  },
  'ineffective-outside-mesh': {
    severity: 'warning',
    message: (setting: string) => `found ${setting}, which has no effect on a workload outside the mesh; remove it`,
    means: 'The policy configures the mesh for a workload that is not in it.',
    why: 'What the line promises does not hold.',
    fix: 'Remove the line from the policy, or take the workload into the mesh.',
  },
  'unlabelled-namespace': {
    severity: 'warning',
    message: (namespace: string) =>
      `found no Namespace ${namespace} in the build, expected one to carry istio.io/dataplane-mode: ambient; its pods join the mesh only where it is labelled elsewhere`,
    means: 'Pods join an ambient mesh by a label of their Namespace, which is not in this build.',
    why: 'If nothing labels the Namespace, its pods run outside the mesh.',
    fix: 'Add the Namespace to the build, or label it where it is defined.',
  },
  'sidecar-in-ambient': {
    severity: 'warning',
    message: () => 'found sidecar.istio.io/inject: "true" on its pods, which keeps them on a sidecar; expected none',
    means: 'The pods ask for a sidecar although the mesh is ambient.',
    why: 'Pods with a sidecar are not carried by the proxy of the node.',
    fix: 'Remove the label from the pod template.',
  },
  'injection-in-ambient': {
    severity: 'warning',
    message: () => 'found istio-injection: enabled, by which its pods get a sidecar; expected none in ambient mode',
    means: 'The Namespace asks for sidecars although the mesh is ambient.',
    why: 'Where both are asked for, pods get a sidecar.',
    fix: 'Remove the label istio-injection from the Namespace.',
  },
  'ineffective-in-ambient': {
    severity: 'warning',
    message: (setting: string, instead: string) =>
      `found ${setting}, which has no effect in an ambient mesh, where no Sidecar is made; expected ${instead}`,
    means: 'The policy configures the Sidecar of a workload in an ambient mesh, which has no Sidecars.',
    why: 'What the line promises does not hold.',
    fix: 'Use a flow in place of hosts, and openEgress of network-policy-default-deny in place of outbound.',
  },
  'mesh-label-in-selector': {
    severity: 'error',
    message: (key: string, found: unknown, wanted: string) =>
      `found ${key}: "${found}" in its selector, expected no label of the mesh there, because its pods are to have "${wanted}"`,
    means: 'The workload selects its pods by a label of the mesh, with another value than they are to have.',
    why: 'The API server refuses a workload whose selector does not match its own pod template.',
    fix: 'Remove the label of the mesh from spec.selector.matchLabels.',
  },
  'other-revision': {
    severity: 'warning',
    message: (label: string, wanted: string) =>
      `found ${label}, which decides before ${wanted} on its pods by which revision they are injected; expected none`,
    means: 'A label of the Namespace chooses the revision that injects, and it beats the label of the pods.',
    why: 'The pods get the proxy of another revision than the policy says.',
    fix: 'Remove the label from the Namespace, or set revision to its value.',
  },
  'no-namespace': {
    severity: 'warning',
    message: () =>
      'found no namespace, so that no flow can name it as caller or destination; expected metadata.namespace',
    means: 'The workload has no namespace, and flows name workloads by namespace.',
    why: 'Its traffic is declared by no flow, so it is blocked.',
    fix: 'Set namespace in kustomization.yaml, or metadata.namespace.',
  },
  'no-pod-labels': {
    severity: 'error',
    message: () => 'found no label on its pods, expected one at least, because Istio objects select pods by labels',
    means: 'The pods carry no label.',
    why: 'An Istio object without a selector would hold for the whole namespace.',
    fix: 'Give the pod template a label of its own, such as app.kubernetes.io/name.',
  },
  'native-sidecar': {
    severity: 'info',
    message: () =>
      'a Job ends only if its sidecar does: expected native sidecars, the default from Istio 1.27 and Kubernetes 1.29 on, else ENABLE_NATIVE_SIDECARS in istiod, the annotation sidecar.istio.io/nativeSidecar: "true", or workloads.<name>.inject: false with a reason',
    means: 'A Job is in the mesh, and a Job ends only when all of its containers have ended.',
    why: 'A sidecar that is an ordinary container runs on, so the Job never completes.',
    fix: 'Run native sidecars (Kubernetes 1.29, Istio 1.27 or ENABLE_NATIVE_SIDECARS in istiod), or keep the Job out of the mesh.',
  },
  'permissive-stage': {
    severity: 'info',
    message: () => 'takes plain text on every port until mtls: strict',
    means: 'The policy is at the stage mtls: permissive, so callers may still use plain text.',
    why: 'Traffic from callers without a proxy is not encrypted.',
    fix: 'Set mtls: strict once every caller is in the mesh or declared as plain.',
  },
} satisfies Readonly<Record<string, FindingKind>>
