/**
 * The two annotations by which Kustomize's function runner finds the item that it sent, to copy comments and field order
 * back onto the answer. A Kustomize build comes from JSON and has neither, so an answer without these two is the
 * same build for less. Every other `config.kubernetes.io` annotation must come back.
 */
export const COPY_BACK_IDS = ['internal.config.kubernetes.io/id', 'config.k8s.io/id']
const COPY_BACK = /^ {6}(?:internal\.config\.kubernetes\.io|config\.k8s\.io)\/id: .*\n/gm
const KUSTOMIZE_ID = /^ {6}kustomize\.config\.k8s\.io\/id: /m
const METADATA = /^ {2}metadata:\n(?: {4}.*\n)*/m

/** Was this item sent by `kustomize build`? It marks each with its resource id. */
export const isFromKustomize = (item: string): boolean => KUSTOMIZE_ID.test(METADATA.exec(item)?.[0] ?? '')

/** An item of Kustomize without the copy-back annotations; the rest is the bytes it was. */
export function dropCopyBackIds(item: string): string {
  const metadata = METADATA.exec(item)
  if (!metadata) return item
  const end = metadata.index + metadata[0].length
  return item.slice(0, metadata.index) + metadata[0].replace(COPY_BACK, '') + item.slice(end)
}
