import { runtimePodsOf } from '../../../functions/lib/operators/index.ts'
import type { RuntimePods } from '../../../functions/lib/operators/operator.ts'

/** The pods that the operator of a kind makes for an object `ns/x`. */
export const podsOf = (
  apiVersion: string,
  kind: string,
  spec: Record<string, unknown>,
  labels?: Record<string, string>,
): RuntimePods[] =>
  runtimePodsOf({ apiVersion, kind, metadata: { name: 'x', namespace: 'ns', ...(labels && { labels }) }, spec })

/** Names and ports of the pods. */
export const numbers = (pods: readonly RuntimePods[]): [string, number[]][] =>
  pods.map(({ name, ports }) => [name, ports.map(({ port }) => port)])

/** Names of the pods that call the API server. */
export const needy = (pods: readonly RuntimePods[]): string[] =>
  pods.filter((pod) => pod.needsApiServer).map(({ name }) => name)

/** What the pods are told to call, as `namespace/service:port`. */
export const calls = (pods: readonly RuntimePods[]): string[] =>
  pods.flatMap((pod) => (pod.calls ?? []).map(({ namespace, service, port }) => `${namespace}/${service}:${port}`))
