import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { levelOf, violationsOf } from '../../functions/security-context-enforcer/checks/evaluate.ts'
import type { Level } from '../../functions/security-context-enforcer/checks/levels.ts'
import { minorOf } from '../../functions/security-context-enforcer/checks/levels.ts'
import { securityContextEnforcerSchema } from '../../functions/security-context-enforcer/config.ts'
import { type PodView, viewOf } from '../../functions/security-context-enforcer/pod/view.ts'
import { transform } from '../../functions/security-context-enforcer/transform.ts'

/** A container that meets restricted by its own fields. */
export const RESTRICTED = {
  privileged: false,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsUser: 65532,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
}

export const container = (name: string, securityContext?: unknown, more: Fields = {}): Fields => ({
  name,
  image: `registry.example.com/${name}`,
  ...(securityContext !== undefined && { securityContext }),
  ...more,
})

/** Deployment shop/cart with one container, app; `spec` is laid over that of its pods. */
export const deployment = (spec: Fields = {}, annotations?: Fields): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    template: {
      ...(annotations && { metadata: { annotations } }),
      spec: { containers: [container('app')], ...spec },
    },
  },
})

/** One edit away from a pod that meets restricted. */
export const restricted = (
  edit: { app?: Fields; container?: Fields; pod?: Fields; spec?: Fields; annotations?: Fields } = {},
): KubernetesObject =>
  deployment(
    {
      containers: [container('app', { ...RESTRICTED, ...edit.app }, edit.container)],
      ...(edit.pod && { securityContext: edit.pod }),
      ...edit.spec,
    },
    edit.annotations,
  )

export const namespace = (name: string, labels?: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...(labels && { labels }) },
})

export const view = (object: KubernetesObject, version = 'latest'): PodView => {
  const template = podTemplateOf(object)
  if (!template) throw new Error(`${object.kind} ${object.metadata.name}: no pod template`)
  return viewOf(template, minorOf(version))
}

export const level = (object: KubernetesObject, version?: string): Level => levelOf(view(object, version))

/** `check path` of each violation of a level. */
export const failures = (object: KubernetesObject, at: 'baseline' | 'restricted', version?: string): string[] =>
  violationsOf(view(object, version), at).map(({ check, path }) => `${check} ${path.slice(2).join('.')}`)

/** Runs the function on the objects in place. */
export const harden = (objects: KubernetesObject[], spec: Fields = {}): Finding[] =>
  transform(objects, parseConfig(securityContextEnforcerSchema, spec, 'spec'), 'security-context-enforcer')

export const errors = (findings: readonly Finding[]): string[] => idsOf(findings, 'error')
export const warnings = (findings: readonly Finding[]): string[] => idsOf(findings, 'warning')
export const infos = (findings: readonly Finding[]): string[] => idsOf(findings, 'info')

/** `id field` of the findings of a severity. Ids are without the function, paths of a pod template without its own. */
const idsOf = (findings: readonly Finding[], severity: Finding['severity']): string[] =>
  findings
    .filter((finding) => finding.severity === severity)
    .map(({ id, field }) =>
      [id?.replace('security-context-enforcer/', ''), field?.path.replace(/^spec\.template\./, '')]
        .filter((part) => part !== undefined)
        .join(' '),
    )

export const specOf = (object: KubernetesObject): Fields => {
  const template = podTemplateOf(object)
  if (!template) throw new Error(`${object.kind} ${object.metadata.name}: no pod template`)
  return template.spec as unknown as Fields
}

/** The securityContext of the container at an index of `containers`. */
export const contextOf = (object: KubernetesObject, index = 0): Fields =>
  ((specOf(object).containers as Fields[])[index]?.securityContext ?? {}) as Fields
