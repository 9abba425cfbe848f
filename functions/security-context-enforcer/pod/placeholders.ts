import { isFields } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import type { PodView } from './view.ts'

/** The pod as it is if nobody sets a variable: each placeholder with a default is replaced by its default. */
export const withDefaults = (pod: PodView): PodView => ({
  ...pod,
  securityContext: resolved(pod.securityContext),
  spec: resolved(pod.spec),
  annotations: resolved(pod.annotations),
  volumes: pod.volumes.map(({ fields, path }) => ({ fields: resolved(fields), path })),
  containers: pod.containers.map((container) => ({
    ...container,
    securityContext: resolved(container.securityContext),
    fields: resolved(container.fields),
  })),
})

const resolved = <T>(data: T): T => resolve(data) as T

function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve)
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]))
  return isPlaceholder(value) ? defaultOf(value) : value
}

/**
 * The default of `${NAME:=default}`, `${NAME:-default}`, `${NAME=default}` or `${NAME-default}`, as YAML reads it once
 * it is substituted. A placeholder without a default stays as it is.
 * Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
function defaultOf(placeholder: string): unknown {
  const text = /^\$\{\w+:?[-=](.*)\}$/s.exec(placeholder)?.[1]?.trim()
  if (text === undefined) return placeholder
  if (/^(?:true|yes|on|y)$/i.test(text)) return true
  if (/^(?:false|no|off|n)$/i.test(text)) return false
  if (/^(?:|~|null)$/i.test(text)) return undefined
  return /^[-+]?\d+$/.test(text) ? Number(text) : text.replace(/^(["'])(.*)\1$/s, '$2')
}
