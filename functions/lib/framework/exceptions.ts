import { ensureFields, type KubernetesObject } from '../kubernetes/objects.ts'

/** Carries the reasons of exceptions on the object itself, because YAML comments do not survive Kustomize. */
export const EXCEPTION = 'krm-hardening.dev/exception'

/**
 * Writes one function's reasons into the object's exception annotation, `<function>: <reason>`, one line each.
 * Lines of other functions stay; with no reasons the function's lines go.
 */
export function setExceptions(object: KubernetesObject, functionName: string, reasons: readonly string[]): void {
  const annotations = object.metadata.annotations ?? {}
  const others = (annotations[EXCEPTION] ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(`${functionName}: `))
  const own = [...new Set(reasons)].map((reason) => `${functionName}: ${reason.replaceAll('\n', ' ')}`)
  const lines = [...others, ...own].sort()
  if (lines.length > 0) ensureFields(object.metadata, 'annotations')[EXCEPTION] = lines.join('\n')
  else if (EXCEPTION in annotations) {
    delete annotations[EXCEPTION]
    if (Object.keys(annotations).length === 0) delete object.metadata.annotations
  }
}
