import { isOciRepository } from '../../lib/charts/source.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import {
  ensureList,
  type Fields,
  isFields,
  isKind,
  type KubernetesObject,
  type TypeMeta,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { type PodTemplate, podTemplateOf } from '../../lib/kubernetes/pod-template.ts'
import { serviceAccountOf } from '../../lib/kubernetes/pod-traits.ts'
import { customResourceOf } from '../../lib/operators/index.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import { findings } from '../findings.ts'

type Spec = Pick<ImageMirrorDigestSpec, 'imagePullSecrets'>
type PullSecretsPlace = ImageMirrorDigestSpec['imagePullSecrets'][string]['on']

/** Is it an object that only pull secrets are written to? */
export const takesPullSecrets = (spec: Spec, type: TypeMeta): boolean =>
  isKind(type, '', 'ServiceAccount') && secretsOn(spec, 'serviceAccounts').length > 0

const secretsOn = ({ imagePullSecrets }: Spec, place: PullSecretsPlace): string[] =>
  Object.keys(imagePullSecrets).filter((name) => imagePullSecrets[name]?.on === place)

/**
 * Adds the pull secrets of the mirrors to pods and to the custom resources of operators that take them, or to the service
 * accounts of the build. `mirrored` are the objects with
 * an image that is pulled from a mirror. A pod that names pull secrets does not get those of its service account.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#add-imagepullsecrets-to-a-service-account
 */
export function addPullSecrets(
  objects: readonly KubernetesObject[],
  spec: Spec,
  mirrored: ReadonlySet<KubernetesObject>,
): Finding[] {
  const [onPods, onAccounts] = [secretsOn(spec, 'pods'), secretsOn(spec, 'serviceAccounts')]
  if (onPods.length + onAccounts.length === 0) return []
  const accounts = new Set<string>()
  for (const object of objects.filter((candidate) => takesPullSecrets(spec, candidate))) {
    accounts.add(`${object.metadata.namespace ?? ''}/${object.metadata.name}`)
    add(object, onAccounts)
  }
  return [...mirrored].flatMap((object) => {
    const template = podTemplateOf(object)
    if (isOciRepository(object)) return addToSource(object, [...onPods, ...onAccounts])
    if (!template) return onPods.length > 0 ? addToCustomResource(object, onPods) : []
    const namesOwn = (template.spec.imagePullSecrets ?? []).length > 0
    add(template.spec, namesOwn || onPods.length > 0 ? [...onPods, ...onAccounts] : [])
    return namesOwn || onPods.length > 0 ? [] : accountElsewhere(object, template, accounts, onAccounts)
  })
}

/** Gives the pods that an operator makes their pull secrets, if its custom resource has a field for them. */
function addToCustomResource(object: KubernetesObject, names: readonly string[]): Finding[] {
  const path = customResourceOf(object)?.imagePullSecrets
  const parent = path && valueAt(object, path.slice(0, -1))
  if (!isFields(parent)) return [findings['pull-secrets-out-of-reach']({ object }, names)]
  add(parent, names)
  return []
}

/** Flux pulls a chart with one Secret, of the type that pods pull with. One that the source names itself stays. */
function addToSource(object: KubernetesObject, names: readonly string[]): Finding[] {
  const [name, ...more] = names
  const fields = object.spec as Fields
  if (name === undefined || 'secretRef' in fields || 'serviceAccountName' in fields || 'provider' in fields) return []
  if (more.length > 0) return [findings['pull-secrets-out-of-reach']({ object }, names)]
  fields.secretRef = { name }
  return []
}

function add(owner: object, names: readonly string[]): void {
  if (names.length === 0) return
  const secrets = ensureList<{ name?: string }>(owner, 'imagePullSecrets')
  for (const name of names) if (!secrets.some((secret) => secret.name === name)) secrets.push({ name })
}

function accountElsewhere(
  object: KubernetesObject,
  template: PodTemplate,
  accounts: ReadonlySet<string>,
  secrets: readonly string[],
): Finding[] {
  const name = serviceAccountOf({ template }) ?? 'default'
  if (accounts.has(`${object.metadata.namespace ?? ''}/${name}`)) return []
  return [findings['service-account-elsewhere']({ object }, name, secrets)]
}
