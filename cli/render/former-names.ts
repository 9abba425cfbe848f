import { resourceGraph } from '../tree/graph.ts'

/** What the kustomizations of some stacks put before and after the names of their objects. */
export interface Affixes {
  prefixes: readonly string[]
  suffixes: readonly string[]
}

export function affixesOf(stacks: readonly string[]): Affixes {
  const { kustomizations } = resourceGraph(stacks)
  const values = (field: string): string[] =>
    kustomizations
      .map(({ fields }) => fields[field])
      .filter((value) => typeof value === 'string' && value !== '') as string[]
  return { prefixes: values('namePrefix'), suffixes: values('nameSuffix') }
}

/** The hash that Kustomize's generators append to a name. Its alphabet has no vowels, so it spells no word. */
const HASH = /-[2456789bcdfghkmt]{10}$/

export const withoutHash = (name: string): string => name.replace(HASH, '')

/** A name, and every name from which prefixes, suffixes and the generators' hash could have made it. */
export function formerNames(name: string, { prefixes, suffixes }: Affixes): Set<string> {
  const found = new Set([name])
  // A set's iteration also visits what is added on the way.
  for (const current of found) {
    const shorter = [
      withoutHash(current),
      ...prefixes.filter((prefix) => current.startsWith(prefix)).map((prefix) => current.slice(prefix.length)),
      ...suffixes.filter((suffix) => current.endsWith(suffix)).map((suffix) => current.slice(0, -suffix.length)),
    ]
    for (const former of shorter) if (former !== '') found.add(former)
  }
  return found
}
