import { describe, type KubernetesObject } from '../kubernetes/objects.ts'

/** `error` stops the build, `warning` is for a person to read, `info` says what was done. */
export type Severity = 'error' | 'warning' | 'info'

/** One thing a function has to say, about an object where there is one. */
export interface Finding {
  severity: Severity
  /** What is wrong or was done, what was found and expected, and what to do about it. */
  message: string
  object?: KubernetesObject
  field?: { path: string; currentValue?: unknown; proposedValue?: unknown }
  tags?: Record<string, string>
}

/** A finding of the ResourceList `results` schema, `source` naming the function. */
export interface Result {
  message: string
  severity: Severity
  resourceRef?: { apiVersion: string; kind: string; name: string; namespace?: string }
  field?: Finding['field']
  file?: { path: string; index?: number }
  tags: Record<string, string>
}

type Details = Omit<Finding, 'severity' | 'message'>
export const error = (message: string, details: Details = {}): Finding => ({ severity: 'error', message, ...details })
export const warning = (message: string, details: Details = {}): Finding => ({
  severity: 'warning',
  message,
  ...details,
})
export const info = (message: string, details: Details = {}): Finding => ({ severity: 'info', message, ...details })

/** Source: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md */
export function toResult(finding: Finding, source: string): Result {
  const { object } = finding
  const path = object?.metadata.annotations?.['internal.config.kubernetes.io/path']
  return {
    message: finding.message,
    severity: finding.severity,
    ...(object && {
      resourceRef: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name: object.metadata.name,
        ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
      },
    }),
    ...(finding.field && { field: finding.field }),
    ...(path && { file: { path } }),
    tags: { function: source, ...finding.tags },
  }
}

/** The same finding as one line for stderr, since Kustomize throws `results` away. */
export function toLine(finding: Finding, source: string): string {
  const where = [finding.object && describe(finding.object), finding.field?.path].filter(Boolean).join(': ')
  return `${finding.severity}: ${source}: ${where ? `${where}: ` : ''}${finding.message}`.replaceAll('\n', ' ')
}
