import { CHART_LOCK } from '../charts/chart-lock.ts'
import { isOfCharts, takesValuesFrom } from '../charts/charts.ts'
import { API_VERSION } from '../framework/config.ts'
import { toLine, toResult } from '../framework/finding.ts'
import { objects as findings } from '../framework/findings.ts'
import { readerOf, type Step } from '../framework/function.ts'
import { InputError } from '../framework/input-error.ts'
import type { KubernetesObject, TypeMeta } from '../kubernetes/objects.ts'
import type { Decoded } from '../resource-list/codec.ts'
import { complete, isNothing, objectsIn, prune } from '../resource-list/objects-of-item.ts'
import { placeInPackage } from '../resource-list/package-path.ts'
import {
  type Item,
  parsing,
  type ResourceList,
  readResourceList,
  writeResourceList,
} from '../resource-list/resource-list.ts'
import { decodeUtf8 } from '../resource-list/utf8.ts'
import { runner } from './findings.ts'
import { type Ran, type Reported, runSteps } from './steps.ts'

/** What the process answers. On any error stdout is empty, but for kpt, which reads `results` from it. */
export interface Answer {
  stdout: string
  stderr: string
  /** 0 done; 1 findings of severity error; 2 unusable input or configuration; 3 a bug. */
  exitCode: 0 | 1 | 2 | 3
  /** What stderr says, as data. */
  reported: readonly Reported[]
  /** The objects that stdout holds with other content than the input. */
  changed: readonly KubernetesObject[]
  /** The objects that stdout holds and the input did not. */
  generated: readonly KubernetesObject[]
}

interface OpenItem {
  item: Item
  decoded?: Decoded
  objects: KubernetesObject[]
}

/**
 * ResourceList in, as text or as what reads its bytes in UTF-8, ResourceList text out. `plan` turns the functionConfig into the
 * functions to run.
 */
export async function run(
  input: string | (() => Uint8Array),
  plan: (functionConfig: unknown) => Step[],
): Promise<Answer> {
  try {
    const list = await readResourceList(typeof input === 'string' ? input : decodeUtf8(input()))
    const steps = plan(list.functionConfig)
    const readsValues = list.items.some(({ kind, text }) => kind === 'HelmRelease' && takesValuesFrom(text))
    const isReadByFunctions = readerOf(steps)
    const isRead: IsRead = (item) =>
      isOfCharts(item) || (readsValues && item.kind === 'ConfigMap') || isReadByFunctions(item)
    const open = list.items.map((item, index) => decode(item, index, list, isRead))
    const objects = open.flatMap((item) => item.objects)
    return answer(list, open, objects, await runSteps(objects, steps))
  } catch (cause) {
    return refusal(cause)
  }
}

type IsRead = (item: TypeMeta & { text: string }) => boolean

function decode(item: Item, index: number, list: ResourceList, isRead: IsRead): OpenItem {
  const { apiVersion, kind, text } = item
  const isOpaque = apiVersion !== undefined && kind !== undefined && !kind.endsWith('List')
  // A policy that is in the package it hardens is nothing to harden.
  if (apiVersion === API_VERSION && kind !== CHART_LOCK) return { item, objects: [] }
  const needed = !isOpaque || isRead({ apiVersion, kind, text })
  if (!needed) return { item, objects: [] }
  const where = `item ${index + 1}`
  const decoded = parsing(`${where}${kind ? ` (${kind})` : ''}`, () => list.codec.decode(text))
  complete(decoded.object)
  return { item, decoded, objects: objectsIn(decoded.object, where) }
}

function answer(list: ResourceList, open: OpenItem[], objects: KubernetesObject[], ran: Ran): Answer {
  const results = ran.reported.map(({ source, finding }) => toResult(finding, source))
  const stderr = ran.reported.map(({ source, finding }) => `${toLine(finding, source)}\n`).join('')
  if (ran.reported.some(({ finding }) => finding.severity === 'error')) {
    const untouched = list.items.map(({ text }) => text)
    const stdout = list.caller === 'kpt' ? writeResourceList(list, untouched, results) : ''
    return { stdout, stderr, exitCode: 1, reported: ran.reported, changed: [], generated: [] }
  }
  const present = new Set(objects)
  const kept = open.flatMap((item) => writeItem(item, present, ran))
  const known = new Set(open.flatMap((item) => item.objects))
  const added = objects.filter((object) => !known.has(object))
  const texts = placeInPackage(added, list).map((object) => list.codec.add(object, ran.after.jsonOf))
  const holdsNothing = open.every(({ decoded }) => decoded !== undefined && isNothing(decoded.object))
  if (kept.length + texts.length === 0 || (texts.length === 0 && holdsNothing))
    throw new InputError(findings['nothing-left']({}))
  return {
    stdout: writeResourceList(list, [...kept, ...texts], results),
    stderr,
    exitCode: 0,
    reported: ran.reported,
    changed: objects.filter((object) => known.has(object) && ran.before.differs(object, ran.after)),
    generated: added,
  }
}

function writeItem(item: OpenItem, present: ReadonlySet<KubernetesObject>, ran: Ran): string[] {
  const { decoded, objects } = item
  const text = item.item.text
  if (!decoded || objects.length === 0) return [text]
  const gone = new Set<unknown>(objects.filter((object) => !present.has(object)))
  if (!prune(decoded.object, (member) => gone.has(member))) return []
  const isChanged = gone.size > 0 || objects.some((object) => ran.before.differs(object, ran.after))
  return [isChanged ? decoded.encode(decoded.object, ran.after.jsonOf) : text]
}

const traceOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))

/** Fails closed: nothing on stdout, the reason on stderr. */
function refusal(cause: unknown): Answer {
  const findings = cause instanceof InputError ? cause.findings : [runner.bug({}, traceOf(cause))]
  const stderr = findings.map((finding) => `${toLine(finding, '')}\n`).join('')
  const reported = findings.map((finding) => ({ source: '', finding }))
  return { stdout: '', stderr, exitCode: cause instanceof InputError ? 2 : 3, reported, changed: [], generated: [] }
}
