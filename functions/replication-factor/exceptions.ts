import { EXCEPTION, setExceptions } from '../lib/framework/exceptions.ts'
import type { Finding } from '../lib/framework/finding.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import { overrideFor } from '../lib/kubernetes/workload.ts'
import type { Build } from './build/build.ts'
import { named, type Scalable } from './build/scalable.ts'
import type { ReplicationFactorSpec } from './config.ts'
import { findings } from './findings/index.ts'

interface Exception {
  what: string
  reason: string
}

/** Reports every exception that the policy makes, with its reason, and annotates the reasons on the object. */
export function noteExceptions({ spec, scalables }: Build, functionName: string): Finding[] {
  const exempt = exemptFromQuorum(spec, scalables)
  const reasons = new Map<KubernetesObject, string[]>()
  const found = scalables.flatMap((scalable) => {
    const all = [...ownExceptions(spec, scalable), ...(exempt.get(scalable) ?? [])]
    const { object } = scalable
    // One object may have several scalables: a TidbCluster has a pd and a tikv.
    if (all.length > 0 || EXCEPTION in (object.metadata.annotations ?? {}))
      reasons.set(object, [...(reasons.get(object) ?? []), ...all.map(({ reason }) => reason)])
    return all.map(({ what, reason }) => findings.exception({ object }, scalable.name, what, reason))
  })
  for (const [object, list] of reasons) setExceptions(object, functionName, list)
  return found
}

function ownExceptions(spec: ReplicationFactorSpec, scalable: Scalable): Exception[] {
  const own = overrideFor(spec.workloads, scalable)
  if (own?.reason === undefined) return []
  const what = Object.entries(own)
    .filter(([key, value]) => key !== 'reason' && value !== undefined)
    .map(([key, value]) => `${key} ${typeof value === 'object' ? 'of its own' : value || 'off'}`)
  return [{ what: what.join(', ') || 'as the policy says', reason: own.reason }]
}

function exemptFromQuorum(spec: ReplicationFactorSpec, scalables: readonly Scalable[]): Map<Scalable, Exception[]> {
  const exempt = new Map<Scalable, Exception[]>()
  for (const [key, setting] of Object.entries(spec.quorum))
    if (setting !== true)
      for (const scalable of named(scalables, key))
        exempt.set(scalable, [{ what: 'no quorum', reason: setting.reason }])
  return exempt
}
