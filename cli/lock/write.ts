import { isDeepStrictEqual } from 'node:util'
import { isMap, parseDocument } from 'yaml'
import { copyOf } from '../../functions/lib/exact-integer.ts'
import { ensureFields, type Fields } from '../../functions/lib/kubernetes/objects.ts'
import { placeComments } from '../../functions/lib/yaml/comments.ts'
import { reconcile } from '../../functions/lib/yaml/edit-nodes.ts'
import { OPTIONS, toPlain } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { styleOf } from '../../functions/lib/yaml/round-trip.ts'
import { setInYamlText } from '../../functions/lib/yaml/set-in-text.ts'
import { YamlTextError } from '../../functions/lib/yaml/text-values.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import type { LockFile } from './lock-file.ts'
import { keyOf } from './plan.ts'

/**
 * The text of the file with these digests, and without the exceptions that waited for them. If digests are only renewed,
 * every other byte stays. If entries come or go, comments, order and the style of values stay. Throws Failure (2) if that
 * is not possible.
 */
export async function withDigests(lock: LockFile, digests: ReadonlyMap<string, string>): Promise<string> {
  const after = policyWith(lock, digests)
  const renewed = await withRenewed(lock, digests)
  if (means(renewed, after)) return renewed
  const edited = withEntries(renewed, lock.section, after)
  if (means(edited, after)) return edited
  throw new Failure(
    `${display(lock.file)}: digests cannot be written without changing more; write ${[...digests.keys()].join(', ')} into ${lock.section.join('.')}.digests by hand`,
  )
}

function policyWith(lock: LockFile, digests: ReadonlyMap<string, string>): Fields {
  const policy = copyOf(lock.policy)
  const section = lock.section.reduce((parent, key) => ensureFields(parent, key), policy)
  if (digests.size > 0) Object.assign(ensureFields(section, 'digests'), Object.fromEntries(digests))
  const pinned = lock.notPinned.filter((reference) => digests.has(keyOf(reference, lock)))
  if (pinned.length === 0) return policy
  const exceptions = ensureFields(section, 'allowTag')
  for (const reference of pinned) delete exceptions[reference]
  if (Object.keys(exceptions).length === 0) delete section.allowTag
  return policy
}

/** The text with each digest that it already has renewed in its place, if that can be done alone. */
async function withRenewed({ text, section, digests: known }: LockFile, digests: ReadonlyMap<string, string>) {
  let renewed = text
  for (const [reference, digest] of digests) {
    if (!known.has(reference) || known.get(reference) === digest) continue
    try {
      renewed = await setInYamlText(renewed, [...section, 'digests', reference], digest)
    } catch (cause) {
      // It is under an alias or a merge key, so it gets an entry of its own.
      if (!(cause instanceof YamlTextError)) throw cause
    }
  }
  return renewed
}

function withEntries(text: string, section: readonly string[], after: Fields): string {
  const document = parseDocument(text, OPTIONS)
  const lock = document.getIn([...section, 'digests'], true)
  // `{}` becomes a line for each entry.
  if (isMap(lock) && lock.items.length === 0) lock.flow = false
  reconcile(document, [], toPlain(document.contents, document), after)
  const indent = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2
  const written = placeComments(text, document.toString({ ...styleOf(text), indent }))
  return text.includes('\r\n') ? written.replaceAll(/\r?\n/g, '\r\n') : written
}

function means(text: string, policy: Fields): boolean {
  const document = parseDocument(text, OPTIONS)
  return document.errors.length === 0 && isDeepStrictEqual(toPlain(document.contents, document), policy)
}
