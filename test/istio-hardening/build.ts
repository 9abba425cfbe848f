import { istioHardening } from '../../functions/istio-hardening/function.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { Shared } from '../../functions/lib/framework/shared.ts'
import type { KubernetesObject, ObjectMeta } from '../../functions/lib/kubernetes/objects.ts'

export const NAME_LABEL = 'app.kubernetes.io/name'

export interface PodFields {
  kind?: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ports?: Record<string, number>
  pod?: object
  metadata?: Partial<ObjectMeta>
}

/** A workload whose pods carry its name as label, unless it says otherwise. */
export function workload(name: string, fields: PodFields = {}): KubernetesObject {
  const { kind = 'Deployment', namespace = 'shop', labels = { [NAME_LABEL]: name }, ports = {}, annotations } = fields
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name, namespace, ...fields.metadata },
    spec: {
      ...(kind !== 'Job' && { selector: { matchLabels: { ...labels } } }),
      template: {
        metadata: { labels: { ...labels }, ...(annotations && { annotations: { ...annotations } }) },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'app',
              ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
            },
          ],
          ...fields.pod,
        },
      },
    },
  }
}

export const service = (name: string, port: number, namespace = 'shop'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { [NAME_LABEL]: name }, ports: [{ port }] },
})

/** A hand-written Istio object that selects by the name label, or where none is given by nothing. */
export function written(kind: string, name: string, selects: string | undefined, spec: object): KubernetesObject {
  const labels = { [NAME_LABEL]: selects }
  const selector = kind === 'Sidecar' ? { workloadSelector: { labels } } : { selector: { matchLabels: labels } }
  const groups: Record<string, string> = { PeerAuthentication: 'security', Telemetry: 'telemetry' }
  return {
    apiVersion: `${groups[kind] ?? 'networking'}.istio.io/v1`,
    kind,
    metadata: { name, namespace: 'shop' },
    spec: { ...(selects !== undefined && selector), ...spec },
  }
}

export interface Hardened {
  objects: KubernetesObject[]
  findings: Finding[]
  /** The ids of all findings, without the name of the function. */
  ids: string[]
  /** Throws where the object is not there. */
  get(kind: string, name: string): KubernetesObject
  /** The pod template of a workload. */
  pods(name: string, kind?: string): { metadata: Required<ObjectMeta>; spec: Record<string, unknown> }
}

/** Runs the function on objects, which it edits. */
export async function harden(objects: KubernetesObject[], spec: object = {}): Promise<Hardened> {
  const parsed = parseConfig(istioHardening.schema, spec, 'spec')
  const findings = await istioHardening.transform(objects, parsed, istioHardening.name, new Shared())
  const get = (kind: string, name: string): KubernetesObject => {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
    if (!found) throw new Error(`no ${kind} ${name}`)
    return found
  }
  return {
    objects,
    findings,
    ids: findings.map(({ id = '' }) => id.replace('istio-hardening/', '')),
    get,
    pods: (name, kind = 'Deployment') => (get(kind, name).spec as { template: never }).template,
  }
}

/** The hosts of a workload's Sidecar. */
export const hostsOf = (hardened: Hardened, name: string): string[] =>
  (hardened.get('Sidecar', name).spec as { egress: { hosts: string[] }[] }).egress.flatMap(({ hosts }) => hosts)
