import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isChartLock, isLockOf, mentionsChartLock } from '../../../functions/lib/charts/chart-lock.ts'
import type { FluxSpec } from '../../../functions/lib/charts/config.ts'
import { isHelmRelease } from '../../../functions/lib/charts/release.ts'
import { sourcesElsewhere } from '../../../functions/lib/charts/source.ts'
import { type Fields, isFields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { display } from '../../display.ts'
import { Failure } from '../../exit-code.ts'
import type { Builder } from '../../kustomize/build.ts'
import { hardenedStacks } from '../../policy/policies.ts'
import { readObjects } from '../../read-objects.ts'
import { objectsOf, splitBuild } from '../../render/documents.ts'
import { resourceGraph } from '../../tree/graph.ts'
import { layoutOf } from '../../tree/layout.ts'

/** A HelmRelease that gets a lock. */
export interface Lockable {
  object: KubernetesObject
  /** Where its source is looked for. */
  around: readonly KubernetesObject[]
  /** The namespace of what names none. */
  targetNamespace: string | undefined
  /** File or folder that it was found in. */
  from: string
  /** File of its lock. */
  file: string
}

/**
 * The HelmReleases of a file, with their sources in the YAML files next to it. Throws Failure (2) for a file without one.
 */
export function releasesOfFile(file: string, targetNamespace: string | undefined): Lockable[] {
  const releases = readObjects(readFileSync(file, 'utf8'), display(file)).filter(isHelmRelease)
  if (releases.length === 0) throw new Failure(`${display(file)}: found no HelmRelease, expected one`)
  const around = readdirSync(dirname(file))
    .filter((name) => /\.ya?ml$/.test(name) && !/^kustomization\./.test(name))
    .flatMap((name) => objectsIn(join(dirname(file), name)))
  return releases.map((object) => ({
    object,
    around,
    targetNamespace,
    from: file,
    file: lockIn(dirname(file), object, releases),
  }))
}

/** A file next to it may be a patch or values, and so no object. */
function objectsIn(file: string): KubernetesObject[] {
  try {
    return readObjects(readFileSync(file, 'utf8'), display(file))
  } catch (cause) {
    if (cause instanceof Failure) return []
    throw cause
  }
}

/** The namespace is part of the name only where several releases have one name. */
function lockIn(folder: string, { metadata }: KubernetesObject, releases: readonly KubernetesObject[]): string {
  const { name, namespace } = metadata
  const isShared = releases.filter((one) => one.metadata.name === name).length > 1
  return join(folder, `${isShared && namespace ? `${namespace}.` : ''}${name}.lock.yaml`)
}

/**
 * The HelmReleases that the stacks of a folder build, with the values that overlays give them. `plain` builds without
 * functions, which would ask for the locks. Throws Failure (2) for a folder without a HelmRelease.
 */
export async function releasesOfFolder(
  folder: string,
  plain: Builder,
  targetNamespace: string | undefined,
): Promise<Lockable[]> {
  const stacks = [...new Set(layoutOf(folder).stacks.values())]
  const found = await Promise.all(stacks.map((stack) => releasesOfStack(stack, plain, targetNamespace)))
  if (found.flat().length > 0) return found.flat()
  throw new Failure(`${display(folder)}: found no HelmRelease that takes a lock, expected one`)
}

async function releasesOfStack(stack: string, plain: Builder, given: string | undefined): Promise<Lockable[]> {
  const built = objectsOf(splitBuild(await plain.build(stack)))
  if (!built.some(isHelmRelease)) return []
  const flux = (await hardenedStacks(stack, plain)).flatMap(({ policies }) => policies.map(fluxOf))
  const targetNamespace = given ?? flux.map((one) => one.targetNamespace).find((one) => typeof one === 'string')
  const isUnlocked = ({ metadata }: KubernetesObject): boolean =>
    flux.some(({ unlocked }) => isFields(unlocked) && Object.hasOwn(unlocked, metadata.name))
  const around = [...built, ...flux.flatMap((one) => sourcesElsewhere(one as FluxSpec))]
  const locks = locksIn(stack)
  const releases = built.filter((object) => isHelmRelease(object) && !isUnlocked(object))
  return releases.map((object) => ({
    object,
    around,
    targetNamespace: targetNamespace as string | undefined,
    from: stack,
    file: locks.find(({ lock }) => isLockOf(lock, object))?.file ?? lockIn(stack, object, releases),
  }))
}

const fluxOf = (policy: KubernetesObject): Fields => {
  const flux = valueAt(policy, ['spec', 'flux'])
  return isFields(flux) ? flux : {}
}

/** The locks that a stack builds from, and their files: a base may share its lock. The last of a name counts. */
function locksIn(stack: string): { lock: KubernetesObject; file: string }[] {
  const files = resourceGraph([stack]).files.filter((file) => existsSync(file))
  const found = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    if (!mentionsChartLock(text)) return []
    return readObjects(text, display(file))
      .filter(isChartLock)
      .map((lock) => ({ lock, file }))
  })
  return found.reverse()
}
