import { parseFlows } from '../../../functions/lib/flows/flow.ts'
import { resolveFlows } from '../../../functions/lib/flows/resolve.ts'
import { type FlowsSpec, flowsSchema } from '../../../functions/lib/flows/schema.ts'
import { topologyOf } from '../../../functions/lib/flows/topology.ts'
import { parseConfig } from '../../../functions/lib/framework/config.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'

export const APP = 'app.kubernetes.io/name'
export const COMPONENT = 'app.kubernetes.io/component'

export type Labels = Record<string, string>

export const namespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
})

export const workload = (
  name: string,
  {
    kind = 'Deployment',
    namespace = 'shop',
    labels = { [APP]: name },
    ports = { http: 8080 },
  }: { kind?: string; namespace?: string; labels?: Labels; ports?: Record<string, number> } = {},
): KubernetesObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name, namespace },
  spec: {
    ...(kind !== 'Job' && { selector: { matchLabels: labels } }),
    template: {
      metadata: { labels: { ...labels } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'app',
            ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
          },
        ],
      },
    },
  },
})

export const service = (
  name: string,
  ports: Record<string, unknown>[],
  { selector = { [APP]: name }, headless = false }: { selector?: Labels; headless?: boolean } = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { ...(headless && { clusterIP: 'None' }), selector, ports },
})

export const HTTP = { name: 'http', port: 80, targetPort: 'http' }

export const spec = (flows: Record<string, object>): FlowsSpec => parseConfig(flowsSchema as never, flows, 'flows')
export const resolve = (objects: KubernetesObject[], flows: Record<string, object>) =>
  resolveFlows(parseFlows(spec(flows)), topologyOf(objects))
export const messages = (objects: KubernetesObject[], flows: Record<string, object>): string[] =>
  resolve(objects, flows).findings.map(({ severity, message }) => `${severity}: ${message}`)
export const callee = (objects: KubernetesObject[], flows: Record<string, object>) => {
  const { flows: resolved, findings } = resolve(objects, flows)
  expect(findings).toEqual([])
  return resolved.flatMap(({ callees }) => callees.map(({ workload, ...rest }) => rest))
}
export const callerNames = (objects: KubernetesObject[], flows: Record<string, object>): string[] =>
  resolve(objects, flows).flows.flatMap(({ callers }) => callers.map(({ name }) => name))
