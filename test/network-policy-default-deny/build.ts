import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { networkPolicyDefaultDenySchema } from '../../functions/network-policy-default-deny/config.ts'
import { transform } from '../../functions/network-policy-default-deny/transform.ts'

/** The facts of the cluster of these tests that only a policy can know. */
const OF_THE_CLUSTER = {
  scrape: { namespace: 'prometheus' },
  otelAgent: { namespace: 'otel', labels: { 'app.kubernetes.io/name': 'otel-agent' } },
}

/** Runs the function on objects of a test. */
export function harden(
  objects: readonly KubernetesObject[],
  spec: Record<string, unknown> = {},
): { objects: KubernetesObject[]; policies: KubernetesObject[]; findings: Finding[] } {
  const copy = JSON.parse(JSON.stringify(objects)) as KubernetesObject[]
  const findings = transform(copy, parseConfig(networkPolicyDefaultDenySchema, { ...OF_THE_CLUSTER, ...spec }, 'spec'))
  return { objects: copy, policies: copy.filter(({ kind }) => kind.endsWith('NetworkPolicy')), findings }
}

export const namespace = (name: string, labels: Record<string, string> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

export interface WorkloadOptions {
  namespace?: string
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  labels?: Record<string, string>
  /** Labels of the workload's own selector; by default all labels of its pods. */
  matchLabels?: Record<string, string>
  ports?: readonly { name?: string; containerPort: number; protocol?: string }[]
  annotations?: Record<string, string>
  spec?: Record<string, unknown>
  container?: Record<string, unknown>
}

export function workload(name: string, options: WorkloadOptions = {}): KubernetesObject {
  const labels = options.labels ?? { 'app.kubernetes.io/name': name }
  return {
    apiVersion: 'apps/v1',
    kind: options.kind ?? 'Deployment',
    metadata: { name, namespace: options.namespace ?? 'shop' },
    spec: {
      selector: { matchLabels: options.matchLabels ?? labels },
      template: {
        metadata: { labels, ...(options.annotations && { annotations: options.annotations }) },
        spec: {
          automountServiceAccountToken: false,
          containers: [{ name, image: `example/${name}:1`, ports: options.ports ?? [], ...options.container }],
          ...options.spec,
        },
      },
    },
  }
}

export const service = (
  name: string,
  ports: readonly { name?: string; port: number; targetPort?: number | string; protocol?: string }[],
  selector: Record<string, string> = { 'app.kubernetes.io/name': name },
  inNamespace = 'shop',
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: inNamespace },
  spec: { selector, ports },
})

export const networkPolicy = (name: string, spec: Record<string, unknown>, inNamespace = 'shop'): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: inNamespace },
  spec,
})

/** `severity: message` of each finding, for assertions. */
export const messages = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, message }) => `${severity}: ${message}`)
