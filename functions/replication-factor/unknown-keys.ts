import type { Finding } from '../lib/framework/finding.ts'
import { unknownKeys, workloadNames } from '../lib/framework/unknown-keys.ts'
import type { Build } from './build/build.ts'
import { named } from './build/scalable.ts'
import { findings } from './findings/index.ts'

/** A warning for every key of the policy that names nothing in the build, with the name that was probably meant. */
export function unknownNames({ spec, scalables, topology }: Build): Finding[] {
  const make = findings['unknown-key']
  const workloads = { what: 'workload', names: workloadNames(scalables) }
  return [
    ...unknownKeys(make, 'replicas', spec.replicas, workloads),
    ...unknownKeys(make, 'workloads', spec.workloads, workloads),
    // Only these keys are patterns: one with `*` elsewhere is looked up as it is written, and never found.
    ...unknownKeys(make, 'quorum', spec.quorum, { ...workloads, matches: (key) => named(scalables, key).length > 0 }),
    ...unknownKeys(make, 'services', spec.services, {
      what: 'Service',
      names: topology.services.map(({ name }) => name),
    }),
  ]
}
