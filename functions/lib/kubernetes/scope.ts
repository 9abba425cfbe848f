/** Groups of which every kind is of the cluster. */
const GROUPS = new Set(['admissionregistration.k8s.io', 'flowcontrol.apiserver.k8s.io'])

/**
 * Kinds of the cluster as a whole, by group: their objects have no namespace, whatever the manifest says.
 * Source: `kubectl api-resources --namespaced=false`.
 */
const KINDS: ReadonlySet<string> = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'networking.k8s.io/IngressClass',
  'node.k8s.io/RuntimeClass',
  'policy/PodSecurityPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'cert-manager.io/ClusterIssuer',
  'cilium.io/CiliumClusterwideNetworkPolicy',
  'gateway.networking.k8s.io/GatewayClass',
])

/** Is the kind known to have no namespace? An unknown kind is taken to have one. */
export const isClusterScoped = (group: string, kind: string): boolean =>
  KINDS.has(`${group}/${kind}`) || GROUPS.has(group)
