import pLimit from 'p-limit'
import type { Release } from '../../functions/lib/charts/release.ts'
import { describe, type Fields, isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { Failure } from '../exit-code.ts'
import type { Builder } from '../kustomize/build.ts'
import { changesBetween } from '../lock/chart/changes.ts'
import { pullChart, render } from '../lock/chart/helm.ts'
import { KUBERNETES, lockRelease } from '../lock/chart/lock.ts'
import { reduced } from '../lock/chart/reduce.ts'
import { withoutCredentials } from '../without-credentials.ts'
import { readChart } from './changes/chart-files.ts'
import type { LockInFile } from './changes/chart-locks.ts'
import { type Context, contextsOf } from './changes/contexts.ts'
import { valueChanges } from './changes/value-changes.ts'
import type { ChartChanges, NotAnswered, Outdated, Overview } from './overview.ts'
import { merged, parseValues } from './tree/helm-values.ts'

/** Charts are pulled and rendered one after the other, a few side by side. */
const AT_ONCE = 2

/**
 * Finds out what each chart that is to move changes. What cannot be found out is reported like an origin that does not
 * answer.
 */
export async function withChanges(overview: Overview, locks: readonly LockInFile[], plain: Builder): Promise<Overview> {
  const inTurn = pLimit(AT_ONCE)
  const notAnswered: NotAnswered[] = []
  const compared = overview.outdated.map((one) =>
    inTurn(async (): Promise<Outdated> => {
      try {
        return one.isProposed ? { ...one, changes: await changesOf(one, locks, plain) } : one
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause
        const asked = `what ${one.pin.name} ${one.to} changes`
        const reason = withoutCredentials(cause.message)
        notAnswered.push({ asked, reason, pins: [one.pin] })
        return { ...one, obstacle: reason }
      }
    }),
  )
  const outdated = await Promise.all(compared)
  return { ...overview, outdated, notAnswered: [...overview.notAnswered, ...notAnswered] }
}

async function changesOf({ pin, to }: Outdated, locks: readonly LockInFile[], plain: Builder): Promise<ChartChanges[]> {
  const contexts = await Promise.all(pin.releases.map((installed) => contextsOf(installed, pin, locks, plain)))
  const changes: ChartChanges[] = []
  for (const context of contexts.flat()) changes.push(await changesIn(context, pin.version, to))
  return changes
}

async function changesIn({ release, lock }: Context, from: string, to: string): Promise<ChartChanges> {
  const [before, after] = [from, to].map((version): Release => ({ ...release, version })) as [Release, Release]
  const [old, now] = [await readChart(await pullChart(before)), await readChart(await pullChart(after))]
  const found = {
    release: describe(release.object),
    lock,
    values: valueChanges(valuesOf(release), old, now),
  }
  try {
    const renewed = lock === undefined ? undefined : await lockRelease(after, lock, {})
    return { ...found, rendered: renewed?.changes ?? (await between(before, after)), renewed, problem: undefined }
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    return { ...found, rendered: [], renewed: undefined, problem: withoutCredentials(cause.message) }
  }
}

async function between(before: Release, after: Release): Promise<string[]> {
  const cluster = { kubernetes: KUBERNETES, apiVersions: [] }
  const now = reduced((await render(after, cluster)).objects)
  return changesBetween(reduced((await render(before, cluster)).objects), now)
}

/** Everything that a release sets, as far as the build knows it. */
function valuesOf({ object, valuesFrom }: Release): Fields {
  const own = valueAt(object, ['spec', 'values'])
  const others = valuesFrom.map(({ text, kind, name }) => parseValues(text ?? '', `${kind} ${name}`))
  return [...others, own].filter(isFields).reduce<Fields>((all, values) => merged(all, values), {})
}
