import { didYouMean } from '../lib/framework/did-you-mean.ts'
import { type Finding, warning } from '../lib/framework/finding.ts'
import type { Build } from './build.ts'
import { named, type Scalable } from './replicas/scalable.ts'

/** A warning for every name of the policy that nothing in the build has, with the one that was probably meant. */
export function unknownNames({ spec, scalables, topology }: Build): Finding[] {
  const services = topology.services.map(({ name }) => name)
  const unknownServices = Object.keys(spec.services).filter((key) => !services.includes(key))
  return [
    ...(['replicas', 'workloads', 'quorum'] as const).flatMap((map) =>
      Object.keys(spec[map])
        .filter((key) => !(map === 'quorum' ? named(scalables, key).length > 0 : isExactly(scalables, key)))
        .map((key) =>
          unused(
            `${map}.${key}`,
            key,
            key.includes('/') ? scalables.map(qualified) : scalables.map(({ name }) => name),
          ),
        ),
    ),
    ...unknownServices.map((key) => unused(`services.${key}`, key, services)),
  ]
}

/** Only the keys of `quorum` are patterns: one with `*` elsewhere would be looked up as it is written, and never found. */
const isExactly = (scalables: readonly Scalable[], key: string): boolean =>
  scalables.some((scalable) => key === scalable.name || key === qualified(scalable))

const qualified = ({ kind, name }: { kind: string; name: string }): string => `${kind}/${name}`

const unused = (where: string, key: string, candidates: readonly string[]): Finding =>
  warning(`${where}: nothing in the build is called ${key}${didYouMean(key, candidates)}`)
