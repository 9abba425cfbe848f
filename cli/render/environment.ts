import { type Builder, BuildFailure } from '../kustomize/build.ts'
import { type Stacks, stacksOf } from '../tree/stacks.ts'
import { type BuiltObject, splitBuild } from './documents.ts'
import { affixesOf } from './former-names.ts'
import { obstacleIn } from './independence.ts'
import { interferenceAmong } from './interference.ts'
import { inBuildOrder } from './order.ts'

/** A rendering: the objects of a folder as `kustomize build` of it would print them. */
export interface Rendering {
  objects: BuiltObject[]
  /** The folders that were built for it. */
  folders: string[]
}

/**
 * Renders a folder. An environment that only lists stacks is built stack by stack, side by side, where that gives the
 * same bytes; `onOnePiece` hears why where it does not. Throws BuildFailure, which names every folder that did not build.
 */
export async function renderFolder(
  folder: string,
  builder: Builder,
  onOnePiece: (why: string) => void,
): Promise<Rendering> {
  const stacks = stacksOf(folder)
  const apart = stacks && (await renderApart(stacks, builder, onOnePiece))
  return apart ?? { objects: splitBuild(await builder.build(folder)), folders: [folder] }
}

async function renderApart(
  { folders, order }: Stacks,
  builder: Builder,
  onOnePiece: (why: string) => void,
): Promise<Rendering | undefined> {
  const obstacle = obstacleIn(folders)
  if (obstacle !== undefined) {
    onOnePiece(obstacle)
    return undefined
  }
  const builds = await Promise.all(folders.map((stack) => builder.attempt(stack)))
  const failed = builds.filter(({ output }) => output === undefined)
  if (failed.length > 0) throw new BuildFailure(failed)
  const stacks = builds.map((build) => ({
    folder: build.folder,
    objects: splitBuild(build.output ?? ''),
    affixes: affixesOf(build.folder),
  }))
  const interference = interferenceAmong(stacks)
  if (interference !== undefined) {
    onOnePiece(interference)
    return undefined
  }
  const objects = stacks.flatMap((stack) => stack.objects)
  return { objects: inBuildOrder(objects, order), folders: [...folders] }
}
