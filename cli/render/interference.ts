import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { type BuiltObject, objectsOf } from './documents.ts'
import { type Affixes, formerNames, withoutHash } from './former-names.ts'

/** What one stack gave when it was built alone. */
export interface BuiltStack {
  folder: string
  objects: readonly BuiltObject[]
  affixes: Affixes
}

interface Owned {
  stack: BuiltStack
  object: BuiltObject
}

/**
 * Kustomize refuses an identity that two stacks share, and rewrites names in one stack that refer to a renamed object
 * of another. Says which objects could meet so, or undefined where the stacks' builds are the environment's. It errs on
 * the side of finding something: the environment is then built in one piece, which is slower and always right.
 */
export const interferenceAmong = (stacks: readonly BuiltStack[]): string | undefined =>
  sharedIdentity(stacks) ?? twoKindsOfNamespace(stacks) ?? referenceAcross(stacks)

const owned = (stacks: readonly BuiltStack[]): Owned[] =>
  stacks.flatMap((stack) => stack.objects.map((object) => ({ stack, object })))

/** Identities are compared as they were before the hashes of generated ConfigMaps and Secrets. */
function sharedIdentity(stacks: readonly BuiltStack[]): string | undefined {
  const byType = new Map<string, Owned[]>()
  for (const { stack, object } of owned(stacks)) {
    if (object.name === '') return `${display(stack.folder)} has a ${object.kind} without a name`
    const name = object.kind === 'ConfigMap' || object.kind === 'Secret' ? withoutHash(object.name) : object.name
    const key = [object.apiVersion, object.kind, name].join('|')
    const namesakes = byType.get(key) ?? []
    const other = namesakes.find((o) => o.stack !== stack && mayShareNamespace(o.object, object))
    if (other) return `${display(other.stack.folder)} and ${display(stack.folder)} both have ${object.kind} ${name}`
    byType.set(key, [...namesakes, { stack, object }])
  }
  return undefined
}

/** No namespace is the cluster, the default namespace, or unknown: it may be any. */
const mayShareNamespace = (a: BuiltObject, b: BuiltObject): boolean =>
  a.namespace === b.namespace || a.namespace === '' || b.namespace === ''

/** Versions of Kustomize differ in how they order a Namespace of the core group and one of another. */
function twoKindsOfNamespace(stacks: readonly BuiltStack[]): string | undefined {
  const other = owned(stacks).find(({ object }) => object.kind === 'Namespace' && object.apiVersion !== 'v1')
  return other && `${display(other.stack.folder)} has a Namespace of ${other.object.apiVersion}`
}

function referenceAcross(stacks: readonly BuiltStack[]): string | undefined {
  const targets = new Map<string, Owned[]>()
  for (const target of owned(stacks))
    for (const name of formerNames(target.object.name, target.stack.affixes))
      targets.set(name, [...(targets.get(name) ?? []), target])
  for (const referrer of owned(stacks))
    for (const name of referencesIn(referrer.object)) {
      const target = [...formerNames(name, referrer.stack.affixes)]
        .flatMap((former) => targets.get(former) ?? [])
        .find((candidate) => candidate.stack !== referrer.stack && mayRewrite(referrer.object, name, candidate.object))
      if (target)
        return `${referrer.object.kind} ${referrer.object.name} of ${display(referrer.stack.folder)} may refer to ${target.object.kind} ${target.object.name} of ${display(target.stack.folder)}`
    }
  return undefined
}

/** Could Kustomize take the name for that object, and change something by it? */
function mayRewrite(referrer: BuiltObject, name: string, target: BuiltObject): boolean {
  // It looks within the namespace and the cluster's scope, and where a RoleBinding names its subjects.
  if (!mayShareNamespace(referrer, target) && referrer.kind !== 'RoleBinding') return false
  return name !== target.name || takesNamespaceOf(referrer, target)
}

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
// The last keys of the paths by which Kustomize finds references, and list items, since resourceNames is a list.
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
