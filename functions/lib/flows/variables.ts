import type { Finding } from '../framework/finding.ts'
import { type FieldPath, formatPath, isFields, isKind, type KubernetesObject } from '../kubernetes/objects.ts'
import { podTemplateOf } from '../kubernetes/pod-template.ts'
import { namesBackends } from './backend-references.ts'
import { findings } from './findings.ts'
import { isMonitor } from './monitor-kinds.ts'

/** Source: https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/accumulator/refvartransformer.go */
const VARIABLE = /\$\([A-Za-z_][\w.-]*\)/

/**
 * Variables where traffic depends on what they stand for: names, ports, labels and selectors. Kustomize replaces `vars` after
 * its transformers have run, so no function sees the values. In env, command and args the kubelet replaces them.
 */
export const lateVariables = (objects: readonly KubernetesObject[]): Finding[] =>
  objects.flatMap((object) => {
    const place = placesOf(object).flatMap(([value, path]) => variableIn(value, path) ?? [])[0]
    if (!place) return []
    return [findings['late-variable']({ object, field: { path: formatPath(place.path) } }, place.variable)]
  })

/** The parts of an object that traffic depends on. */
function placesOf(object: KubernetesObject): [unknown, FieldPath][] {
  const template = podTemplateOf(object)
  if (template) {
    const { containers, initContainers } = template.spec
    return [
      [template.metadata?.labels, [...template.path, 'metadata', 'labels']],
      [[...(initContainers ?? []), ...containers].map(({ ports }) => ports), [...template.path, 'spec', 'containers']],
    ]
  }
  const isRead = isKind(object, '', 'Service') || isMonitor(object) || namesBackends(object)
  if (!isRead || object.kind === 'CustomResourceDefinition') return []
  const { apiVersion, kind, metadata, ...content } = object
  return [[content, []]]
}

function variableIn(value: unknown, path: FieldPath): { path: FieldPath; variable: string } | undefined {
  if (typeof value === 'string') {
    const [variable] = VARIABLE.exec(value) ?? []
    return variable === undefined ? undefined : { path, variable }
  }
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : isFields(value)
      ? Object.entries(value)
      : []
  for (const [key, item] of entries) {
    const found = variableIn(item, [...path, key])
    if (found) return found
  }
  return undefined
}
