import type { KubernetesObject } from './objects.ts'

const PREVIOUS_NAMES = 'internal.config.kubernetes.io/previousNames'
const PREVIOUS_NAMESPACES = 'internal.config.kubernetes.io/previousNamespaces'

/**
 * The name of an object, then the others that it had before Kustomize renamed it, each once: Kustomize notes the name at
 * every step, also at one that changes only the namespace.
 */
export const namesOf = (object: KubernetesObject): string[] => [
  ...new Set([object.metadata.name, ...noted(object, PREVIOUS_NAMES)]),
]

/** The namespace of an object, '' for none, then the others that it had before Kustomize moved it, each once. */
export const namespacesOf = (object: KubernetesObject): string[] => [
  ...new Set([object.metadata.namespace ?? '', ...noted(object, PREVIOUS_NAMESPACES)]),
]

const noted = ({ metadata }: KubernetesObject, annotation: string): string[] =>
  metadata.annotations?.[annotation]?.split(',') ?? []

/**
 * Is this name, written in another object, a reference to this object? Kustomize renames objects before a transformer
 * runs and references after it, so a reference may still say one of the object's previous names.
 */
export const isCalled = (object: KubernetesObject, name: string): boolean => namesOf(object).includes(name)

/** The hash that Kustomize's generators append to a name; its alphabet has no vowels that could spell a word. */
const GENERATED_HASH = /^-[2456789bcdfghkmt]{10}$/

/** As `isCalled`, and true too for a generated ConfigMap or Secret under its final, hashed name. */
export const isCalledOrHashed = (object: KubernetesObject, name: string): boolean =>
  isCalled(object, name) ||
  (object.metadata.name.startsWith(name) && GENERATED_HASH.test(object.metadata.name.slice(name.length)))
