import { describe, type KubernetesObject } from '../kubernetes/objects.ts'
import { withoutSecrets } from './confidential.ts'

/** `error` stops the build, `warning` is for a person to read, `info` says what was done. */
export type Severity = 'error' | 'warning' | 'info'

/** One thing a function has to say, about an object where there is one. */
export interface Finding {
  /** Stable name, `<function or part of lib>/<short name>`: what tests assert and `krm-hardening explain` takes. */
  id: string
  severity: Severity
  /** What is wrong or was done, what was found and expected, and what to do about it. */
  message: string
  object?: KubernetesObject
  field?: { path: string; currentValue?: unknown; proposedValue?: unknown }
  tags?: Record<string, string>
}

/** What there is to say about one kind of finding. The texts are those of docs/findings.md and `krm-hardening explain`. */
export interface FindingKind<Args extends readonly never[] = readonly never[]> {
  severity: Severity
  /** The sentence behind object and field: what was found, what was expected. */
  message(...args: Args): string
  /** What the finding means, for somebody who sees it for the first time. */
  means: string
  /** What happens in the cluster if it is ignored. */
  why: string
  /** What to change, in the manifest or in which line of the policy. */
  fix: string
}

/** Where a finding was made; `severity` only where policy decides it. */
export type Details = Pick<Finding, 'object' | 'field' | 'tags'> & { severity?: Severity }

/** Makes the findings of one function or part of lib, by short name; `kinds` holds what is known about each. */
export type Findings<Kinds> = {
  readonly [Name in keyof Kinds]: Kinds[Name] extends { message(...args: infer Args): string }
    ? (details: Details, ...args: Args) => Finding
    : never
}

/** The kinds of findings by id, for documentation. */
export const findingKinds = new Map<string, FindingKind>()

/**
 * The findings that `scope` (a function's name, or a part of lib) can make: one entry each, with the sentence and what
 * `krm-hardening explain` says about it. Answers one maker an entry, typed by the arguments of its message.
 */
export function defineFindings<Kinds extends Readonly<Record<string, FindingKind>>>(
  scope: string,
  kinds: Kinds,
): Findings<Kinds> {
  const makers = Object.entries(kinds).map(([name, kind]) => {
    const id = `${scope}/${name}`
    findingKinds.set(id, kind)
    const make = ({ severity = kind.severity, ...details }: Details, ...args: never[]): Finding => ({
      id,
      severity,
      message: kind.message(...args),
      ...details,
    })
    return [name, make] as const
  })
  return Object.fromEntries(makers) as unknown as Findings<Kinds>
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

/** The annotation by which kpt and Kustomize say which file an object is from. */
export const FILE = 'internal.config.kubernetes.io/path'

/** Source: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md */
export function toResult(finding: Finding, source: string): Result {
  const { object } = finding
  const path = object?.metadata.annotations?.[FILE]
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
    ...(finding.field && { field: withoutSecrets(finding.field) }),
    ...(path && { file: { path } }),
    tags: { function: source, id: finding.id, ...finding.tags },
  }
}

const DONE_BY_EVERY_FUNCTION = 'objects/'

/** What ends a line for some reader, and what a terminal obeys. */
const NOT_OF_A_LINE = /(?!\t)\p{Cc}|[\u2028\u2029]/gu

/**
 * The same finding as one line for stderr, because Kustomize throws `results` away: severity, id, for what all
 * functions do the function that did it, then what it is about.
 */
export function toLine(finding: Finding, source: string): string {
  const { severity, id } = finding
  const by = source !== '' && id.startsWith(DONE_BY_EVERY_FUNCTION) ? [source] : []
  return [severity, id, ...by, describeFinding(finding)].join(': ').replaceAll(NOT_OF_A_LINE, ' ')
}

/** `Deployment shop/cart: spec.replicas: …` */
export const describeFinding = ({ object, field, message }: Finding): string =>
  [object && describe(object), field?.path, message].filter(Boolean).join(': ')
