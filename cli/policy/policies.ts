import { readFileSync } from 'node:fs'
import { API_VERSION } from '../../functions/lib/framework/config.ts'
import { groupOf, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import type { Builder } from '../kustomize/build.ts'
import { readObjects } from '../read-objects.ts'
import { objectsOf, splitBuild } from '../render/documents.ts'
import { componentsOf, resourceGraph, transformersOf } from '../tree/graph.ts'
import { isFolder, type Kustomization } from '../tree/kustomization.ts'

/** A kustomization that hardens what it builds, and the policies by which it does. */
export interface HardenedStack {
  folder: string
  policies: KubernetesObject[]
}

/** Every kustomization below a folder that has a policy of this project among its transformers, or those of its components. */
export async function hardenedStacks(folder: string, builder: Builder): Promise<HardenedStack[]> {
  const kustomizations = resourceGraph([folder]).kustomizations.filter(({ fields }) => fields.kind !== 'Component')
  const stacks = await Promise.all(
    kustomizations.map(async (kustomization) => {
      const parts = [...componentsOf(kustomization), kustomization]
      const policies = await Promise.all(parts.map((part) => policiesOf(part, builder)))
      return { folder: kustomization.folder, policies: policies.flat() }
    }),
  )
  return stacks.filter(({ policies }) => policies.length > 0)
}

async function policiesOf(kustomization: Kustomization, builder: Builder): Promise<KubernetesObject[]> {
  const { paths, inline } = transformersOf(kustomization)
  const fromPaths = await Promise.all(paths.map((path) => policiesAt(path, builder)))
  const inPlace = inline.flatMap((text) => readObjects(text, display(kustomization.file)))
  return [...fromPaths.flat(), ...inPlace.filter(isPolicy)]
}

/** The policies of a file, or of what a folder builds. */
export async function policiesAt(path: string, builder: Builder): Promise<KubernetesObject[]> {
  const objects = isFolder(path)
    ? objectsOf(splitBuild(await builder.build(path)))
    : readObjects(readFileSync(path, 'utf8'), display(path))
  return objects.filter(isPolicy)
}

/** Any version of the group: a version that these functions do not know is refused when the policy is read. */
export const isPolicy = ({ apiVersion }: KubernetesObject): boolean => groupOf(apiVersion) === groupOf(API_VERSION)
