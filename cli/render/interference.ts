import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { type BuiltObject, objectsOf } from './documents.ts'
import { type Affixes, formerNames, withoutHash } from './former-names.ts'

/** What one Kustomize built: the objects of one stack or of several. */
export interface BuiltGroup {
  objects: readonly BuiltObject[]
  affixes: Affixes
}

interface Owned {
  group: BuiltGroup
  object: BuiltObject
}

/**
 * Kustomize refuses an identity that two stacks share, and rewrites names in one stack that refer to a renamed object
 * of another. Says which objects of different groups could meet so, or undefined if the groups' builds are the
 * environment's. It errs on the side of finding something: the environment is then built in one piece, which is slower
 * and always right.
 */
export const interferenceAmong = (groups: readonly BuiltGroup[]): string | undefined =>
  sharedIdentity(groups) ?? twoKindsOfNamespace(groups) ?? referenceAcross(groups)

const owned = (groups: readonly BuiltGroup[]): Owned[] =>
  groups.flatMap((group) => group.objects.map((object) => ({ group, object })))

const nameOf = ({ kind, namespace, name }: BuiltObject): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`

/** Identities are compared as they were before the hashes of generated ConfigMaps and Secrets. */
function sharedIdentity(groups: readonly BuiltGroup[]): string | undefined {
  const byType = new Map<string, Owned[]>()
  for (const { group, object } of owned(groups)) {
    if (object.name === '') return `a ${object.kind} has no name`
    const name = object.kind === 'ConfigMap' || object.kind === 'Secret' ? withoutHash(object.name) : object.name
    const key = [object.apiVersion, object.kind, name].join('|')
    const namesakes = byType.get(key) ?? []
    if (namesakes.some((other) => other.group !== group && mayShareNamespace(other.object, object)))
      return `two stacks have ${nameOf({ ...object, name })}`
    namesakes.push({ group, object })
    byType.set(key, namesakes)
  }
  return undefined
}

/** An object without a namespace may be of any: of the default one, of the cluster, or of one set later. */
const mayShareNamespace = (a: BuiltObject, b: BuiltObject): boolean =>
  a.namespace === b.namespace || a.namespace === '' || b.namespace === ''

/** Versions of Kustomize differ in how they order a Namespace of the core group and one of another. */
function twoKindsOfNamespace(groups: readonly BuiltGroup[]): string | undefined {
  const other = owned(groups).find(({ object }) => object.kind === 'Namespace' && object.apiVersion !== 'v1')
  return other && `${nameOf(other.object)} is of ${other.object.apiVersion}`
}

function referenceAcross(groups: readonly BuiltGroup[]): string | undefined {
  const targets = targetsOf(groups)
  for (const { group, object } of owned(groups))
    for (const name of referencesIn(object)) {
      const target = [...formerNames(name, group.affixes)]
        .flatMap((former) => targets(former, object))
        .find((candidate) => candidate.group !== group && changesByReference(object, name, candidate.object))
      if (target) return `${nameOf(object)} may refer to ${nameOf(target.object)} of another stack`
    }
  return undefined
}

/** The objects that Kustomize could take for what an object refers to by a name. */
function targetsOf(groups: readonly BuiltGroup[]): (name: string, referrer: BuiltObject) => Owned[] {
  const named = owned(groups).flatMap((target) =>
    [...formerNames(target.object.name, target.group.affixes)].map((name) => ({ name, target })),
  )
  const byName = new Map(
    [...groupBy(named, ({ name }) => name)].map(([name, list]) => [
      name,
      groupBy(
        list.map(({ target }) => target),
        ({ object }) => object.namespace,
      ),
    ]),
  )
  return (name, { kind, namespace }) => {
    const namespaces = byName.get(name)
    if (!namespaces) return []
    // Kustomize looks within the namespace and the cluster's scope; a RoleBinding also names subjects of other namespaces.
    const isAnywhere = namespace === '' || kind === 'RoleBinding'
    return isAnywhere ? [...namespaces.values()].flat() : [namespace, ''].flatMap((one) => namespaces.get(one) ?? [])
  }
}

/** Would Kustomize change the referrer if it resolved the name to that object? */
const changesByReference = (referrer: BuiltObject, name: string, target: BuiltObject): boolean =>
  name !== target.name || takesNamespaceOf(referrer, target)

/** The subjects of bindings and the services of webhooks also take the namespace of what they refer to. */
function takesNamespaceOf(referrer: BuiltObject, target: BuiltObject): boolean {
  if (target.kind !== 'ServiceAccount' && target.kind !== 'Service') return false
  if (!/^subjects:|^ *(?:- )?clientConfig:/m.test(referrer.text)) return false
  const namesIt = (node: unknown): boolean => {
    if (Array.isArray(node)) return node.some(namesIt)
    if (!isFields(node)) return false
    return (node.name === target.name && node.namespace !== target.namespace) || Object.values(node).some(namesIt)
  }
  return objectsOf([referrer]).some(({ metadata: _, ...rest }) => namesIt(rest))
}

const METADATA = /^metadata:\n(?: .*\n|\n)*/m
const OWN_NAME = /^ {2}name: .*$/m
// The last keys of the paths by which Kustomize finds references, and list items, because resourceNames is a list.
const REFERENCE =
  /^ *(?:- )*(?:[A-Za-z]*[nN]ame|configMap|secretRef|\S+\/(?:auth-secret|auth-tls-secret|fastcgi-params-configmap)): (\S+)$|^ *- ([\w.-]+)$/gm

/** The values of an object that Kustomize could take for names of other objects. */
function referencesIn({ kind, text }: BuiltObject): Set<string> {
  // By far the largest objects, and Kustomize knows no reference in them.
  if (kind === 'CustomResourceDefinition') return new Set()
  const body = text.replace(METADATA, (metadata) => metadata.replace(OWN_NAME, ''))
  return new Set([...body.matchAll(REFERENCE)].map(([, value, item]) => unquote(value ?? item ?? '')))
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2')
