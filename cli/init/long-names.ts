import type { Found } from './found.ts'

/** Kustomize reads no key of more characters, in whatever form it is written, and no name of Kubernetes has so many. */
const LONGEST_KEY = 1000

/** What was found, without names that are too long for a key of a policy; each is noted instead. */
export function withoutLongNames(found: Found): Found {
  const long: string[] = []
  const isShort = (name: string): boolean => {
    if (name.length <= LONGEST_KEY) return true
    long.push(name)
    return false
  }
  const { notes, ...rest } = found
  const kept = {
    ...rest,
    flows: found.flows
      .filter(({ key }) => isShort(key))
      .map((flow) => ({ ...flow, callers: flow.callers.filter(({ caller }) => isShort(longestName(caller))) }))
      .filter(({ callers }) => callers.length > 0),
    images: found.images.filter(isShort),
    namespaces: found.namespaces.filter(isShort),
    containers: found.containers.filter(({ name }) => isShort(name)),
    outsidePorts: found.outsidePorts.filter(({ workload }) => isShort(workload)),
  }
  return { ...kept, notes: [...notes, ...new Set(long.map(tooLong))] }
}

type Caller = Found['flows'][number]['callers'][number]['caller']

const longestName = (caller: Caller): string =>
  typeof caller === 'string'
    ? caller
    : [caller.namespace, ...Object.entries(caller.labels).flat()].reduce((a, b) => (b.length > a.length ? b : a))

const tooLong = (name: string): string =>
  `${name.slice(0, 60)}…: a name of ${name.length} characters, and a key of a policy has ${LONGEST_KEY} at most; it was left out`
