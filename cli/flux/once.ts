import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../../functions/flux-conventions/tree/tree.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { isFile } from '../tree/kustomization.ts'
import { type AppFinding, identityOf } from './app.ts'

/** A finding and the entry of its object. */
export interface Judged {
  entry: Entry | undefined
  found: AppFinding
}

/** What `flux bootstrap` writes: nobody else does, so that only errors count. */
export const OF_BOOTSTRAP = /(?:^|\/)gotk-(?:components|sync)\.yaml$/

/**
 * Findings, each once: what one file makes in several namespaces, a component for example, is wrong in one place, and so is what a
 * patch of a Kustomization writes into many objects.
 */
export function eachOnce(
  findings: readonly Finding[],
  entries: ReadonlyMap<KubernetesObject, Entry>,
  { source, top }: { source: string; top: string },
): Judged[] {
  const judged = findings
    .map((finding): Judged => ({ entry: finding.object && entries.get(finding.object), found: { source, finding } }))
    .filter(({ entry, found }) => found.finding.severity === 'error' || !OF_BOOTSTRAP.test(entry?.file ?? ''))
  const groups = groupBy(judged.map(placed(top)), ({ place }) => place)
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (!first) return []
    const { entry, found, patchedBy } = first.judged
    const alsoIn = more.flatMap((one) => one.judged.entry ?? []).map(patchedBy ? identityOf : namespaceOf)
    return [{ entry, found: { ...found, ...(patchedBy && { patchedBy }), ...(alsoIn.length > 0 && { alsoIn }) } }]
  })
}

const namespaceOf = ({ namespace }: Entry): string => namespace ?? ''

/** With where it has to be corrected, as a key. */
const placed =
  (top: string) =>
  (judged: Judged, index: number): { judged: Judged & { patchedBy?: string }; place: string } => {
    const { entry, found } = judged
    const { id, severity, object, field, message } = found.finding
    const same = [id, severity, object?.kind, field?.path, message]
    const by = entry && patchBehind(entry, field?.path, top)
    if (by) {
      const patchedBy = `Kustomization ${identityOf(by)}`
      return { judged: { ...judged, patchedBy }, place: [...same, patchedBy].join('\n') }
    }
    const place = entry?.file ? [...same, object?.metadata.name, entry.file] : [index]
    return { judged, place: place.join('\n') }
  }

/** The Kustomization whose patches write a field that the file of the object does not have: the outermost, which hands them down. */
function patchBehind(entry: Entry, path: string | undefined, top: string): Entry | undefined {
  const key = /([A-Za-z][\w-]*)(?:\[\d+\])?$/.exec(path ?? '')?.[1]
  if (key === undefined) return undefined
  let outermost: Entry | undefined
  for (let by = entry.appliedBy; by; by = by.appliedBy)
    if (JSON.stringify(valueAt(by.object, ['spec', 'patches']) ?? '').includes(key)) outermost = by
  const file = entry.file === undefined ? undefined : join(top, entry.file)
  return outermost && !(file !== undefined && isFile(file) && readFileSync(file, 'utf8').includes(key))
    ? outermost
    : undefined
}
