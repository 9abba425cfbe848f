import { Snapshot } from './changes.ts'
import { API_VERSION } from './config.ts'
import { toLine, toResult } from './finding.ts'
import type { Step } from './function.ts'
import type { KubernetesObject } from './kubernetes/object.ts'
import { type Reported, runSteps } from './steps.ts'
import type { Decoded } from './wire/codec.ts'
import { InputError } from './wire/input-error.ts'
import { objectsIn } from './wire/objects-in.ts'
import { placeInPackage } from './wire/package-path.ts'
import { type Item, parsing, type ResourceList, readResourceList, writeResourceList } from './wire/resource-list.ts'

/** What the process answers. On any error stdout is empty, but for kpt, which reads `results` from it. */
export interface Answer {
  stdout: string
  stderr: string
  /** 0 done; 1 findings of severity error; 2 unusable input or configuration; 3 a bug. */
  exitCode: 0 | 1 | 2 | 3
}

interface OpenItem {
  item: Item
  decoded?: Decoded
  objects: KubernetesObject[]
}

/** ResourceList text in, ResourceList text out. `plan` turns the functionConfig into the functions to run. */
export async function run(text: string, plan: (functionConfig: unknown) => Step[]): Promise<Answer> {
  try {
    const list = await readResourceList(text)
    const steps = plan(list.functionConfig)
    const open = list.items.map((item) => decode(item, list, steps))
    const objects = open.flatMap((item) => item.objects)
    const before = new Snapshot(objects)
    const reported = await runSteps(objects, steps)
    return answer(list, open, objects, before, reported)
  } catch (cause) {
    return refusal(cause)
  }
}

function decode(item: Item, list: ResourceList, steps: readonly Step[]): OpenItem {
  const { apiVersion, kind, text } = item
  const isOpaque = apiVersion !== undefined && kind !== undefined && !kind.endsWith('List')
  // A policy that stands in the package it hardens is nothing to harden.
  if (apiVersion === API_VERSION) return { item, objects: [] }
  const needed = !isOpaque || steps.some((step) => step.function.reads(step.spec, { apiVersion, kind, text }))
  if (!needed) return { item, objects: [] }
  const decoded = parsing(`item ${list.items.indexOf(item) + 1}${kind ? ` (${kind})` : ''}`, () =>
    list.codec.decode(text),
  )
  return { item, decoded, objects: objectsIn(decoded.object) }
}

function answer(
  list: ResourceList,
  open: OpenItem[],
  objects: KubernetesObject[],
  before: Snapshot,
  reported: Reported[],
): Answer {
  const failed = reported.some(({ finding }) => finding.severity === 'error')
  const results = reported.map(({ source, finding }) => toResult(finding, source))
  const stderr = reported.map(({ source, finding }) => `${toLine(finding, source)}\n`).join('')
  if (failed) {
    const untouched =
      list.caller === 'kpt'
        ? writeResourceList(
            list,
            list.items.map(({ text }) => text),
            results,
          )
        : ''
    return { stdout: untouched, stderr, exitCode: 1 }
  }
  const present = new Set(objects)
  const kept = open.flatMap((item) => writeItem(item, list, present, before))
  const known = new Set(open.flatMap((item) => item.objects))
  const added = objects.filter((object) => !known.has(object))
  const texts = placeInPackage(added, list).map((object) => list.codec.add(object))
  return { stdout: writeResourceList(list, [...kept, ...texts], results), stderr, exitCode: 0 }
}

function writeItem(
  { item, decoded, objects }: OpenItem,
  list: ResourceList,
  present: Set<KubernetesObject>,
  before: Snapshot,
): string[] {
  if (!decoded || objects.length === 0) return [list.codec.pass(item.text)]
  const isOne = objects[0] === decoded.object
  if (isOne && objects[0] && !present.has(objects[0])) return []
  return [
    objects.some((object) => before.differs(object)) ? decoded.encode(decoded.object) : list.codec.pass(item.text),
  ]
}

/** Fails closed: nothing on stdout, the reason on stderr. */
function refusal(cause: unknown): Answer {
  if (cause instanceof InputError)
    return {
      stdout: '',
      stderr: cause.message
        .split('\n')
        .map((line) => `error: ${line}\n`)
        .join(''),
      exitCode: 2,
    }
  const trace = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return { stdout: '', stderr: `error: a bug in krm-hardening, please report it: ${trace}\n`, exitCode: 3 }
}
