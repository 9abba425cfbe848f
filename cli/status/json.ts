import type { Explained } from './chain.ts'
import type { Problem } from './problem.ts'
import type { Status } from './status.ts'

/**
 * A status for machines, on one line. `healthy` is also false if something could not be read. docs/status.md has its
 * fields.
 */
export function asJson(status: Status): string {
  const { causes, restarted, unread, counts } = status
  const healthy = causes.length === 0 && unread.length === 0
  return `${JSON.stringify({ healthy, causes: causes.map(causeAsJson), restarted, unread, counts })}\n`
}

function causeAsJson({ links, circle, also, effects }: Explained<Problem>): object {
  return {
    objects: links.map(({ id, ref, causes, ...rest }) => ({ ...ref, ...rest })),
    ...(circle && { circle }),
    alsoWaitsFor: also,
    effects: effects.map(causeAsJson),
  }
}
