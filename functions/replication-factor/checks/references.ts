import type { Finding } from '../../lib/framework/finding.ts'
import type { Build } from '../build/build.ts'
import { borrowedFrom } from '../build/replicated.ts'
import { findings } from '../findings/index.ts'

// Rule: what takes its pods from another workload is in the build of that workload; otherwise nothing is known of its pods.

export function checkReferences({ objects, standIns }: Build): Finding[] {
  const served = new Set([...standIns.values()].map(({ object }) => object))
  return objects.flatMap((object) => {
    const lender = borrowedFrom(object)
    return lender === undefined || served.has(object) ? [] : [findings['reference-elsewhere']({ object }, lender)]
  })
}
