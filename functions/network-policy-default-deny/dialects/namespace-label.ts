/** Source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name: on every Namespace. */
export const OWN_LABEL = 'kubernetes.io/metadata.name'

/** Namespaces that the cluster makes itself: no manifest gives them another label. */
const OF_THE_CLUSTER = new Set(['default', 'kube-node-lease', 'kube-public', 'kube-system'])

/** The label by which policies select a namespace: the configured one, where a manifest can have set it. */
export const namespaceLabelOf = (namespace: string, configured: string): string =>
  OF_THE_CLUSTER.has(namespace) ? OWN_LABEL : configured
