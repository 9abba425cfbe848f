import { isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'

/** The users that OpenShift hands out to the pods of a namespace. */
export interface UserRange {
  first: number
  last: number
  /** The annotation, as the Namespace has it. */
  text: string
}

/**
 * A block of users, `<first>/<size>`, of which OpenShift gives every pod one that names none; its SCC restricted-v2, the
 * default, refuses all others.
 * Source: https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/authentication_and_authorization/managing-pod-security-policies
 */
const RANGE = 'openshift.io/sa.scc.uid-range'

/** The ranges of the build's Namespaces that have one, by name. */
export const userRangesOf = (objects: readonly KubernetesObject[]): ReadonlyMap<string, UserRange> =>
  new Map(
    objects
      .filter((object) => isKind(object, '', 'Namespace'))
      .flatMap(({ metadata: { name, annotations } }) => {
        const range = rangeIn(annotations?.[RANGE])
        return range ? [[name, range] as const] : []
      }),
  )

function rangeIn(text: unknown): UserRange | undefined {
  const [, start, separator, end] = (typeof text === 'string' && /^(\d+)([/-])(\d+)$/.exec(text)) || []
  if (start === undefined) return undefined
  const first = Number(start)
  return { first, last: separator === '/' ? first + Number(end) - 1 : Number(end), text: String(text) }
}

export const isWithin = ({ first, last }: UserRange, user: number): boolean => first <= user && user <= last
