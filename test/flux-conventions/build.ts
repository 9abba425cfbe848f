import { stringify } from 'yaml'
import { plan } from '../../functions/hardening/plan.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { listOfItems } from '../support/resource-lists.ts'

/** What the conventions report about objects. */
export async function reportedOn(objects: readonly object[], spec: object = {}): Promise<Finding[]> {
  const items = objects.map((object) => stringify([object], { aliasDuplicateObjects: false }))
  const { reported } = await run(listOfItems(items, 'FluxConventions', spec), plan)
  return reported.map(({ finding }) => finding)
}

/** The rules that objects break, as `rule` or, if it is no error, `rule (severity)`. */
export async function broken(objects: readonly object[], spec: object = {}): Promise<string[]> {
  return (await reportedOn(objects, spec)).map(({ id, severity }) => {
    const rule = id.replace('flux-conventions/', '')
    return severity === 'error' ? rule : `${rule} (${severity})`
  })
}

/** A Kustomization that breaks no rule. */
export const kustomization = (spec: object = {}, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'shop', namespace: 'flux-system', ...metadata },
  spec: {
    commonMetadata: { labels: { 'app.kubernetes.io/name': 'shop' } },
    interval: '1h',
    path: './apps/web/shop/app',
    prune: true,
    retryInterval: '2m',
    sourceRef: { kind: 'GitRepository', name: 'flux-system', namespace: 'flux-system' },
    targetNamespace: 'web',
    timeout: '5m',
    wait: true,
    ...spec,
  },
})

/** Values that give a chart requests and limits. */
export const RESOURCES = { requests: { cpu: '10m' }, limits: { memory: '64Mi' } }

/** A HelmRelease that breaks no rule. */
export const release = (spec: object = {}): KubernetesObject => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'shop', namespace: 'web' },
  spec: {
    interval: '1h',
    chartRef: { kind: 'OCIRepository', name: 'shop' },
    install: { remediation: { retries: 3 } },
    upgrade: { strategy: { name: 'RetryOnFailure' } },
    values: { resources: RESOURCES },
    ...spec,
  },
})

export const secret = (fields: object): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a', namespace: 'web' },
  ...fields,
})

export const configMap = (name: string, data: object, namespace = 'web'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
