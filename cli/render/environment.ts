import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import { type Builder, BuildFailure, type Rendered } from '../kustomize/build.ts'
import { type Stacks, stacksOf } from '../tree/stacks.ts'
import { type BuiltObject, splitBuild } from './documents.ts'
import { emptyStacks } from './empty-stacks.ts'
import { affixesOf } from './former-names.ts'
import { obstacleIn } from './independence.ts'
import { interferenceAmong } from './interference.ts'
import { inBuildOrder } from './order.ts'

/** A rendering: the objects of a folder as `kustomize build` of it would print them. */
export interface Rendering {
  objects: BuiltObject[]
  /** The builds that it is made from. */
  builds: readonly Rendered[]
  /** How many stacks it has: 1 for a folder that is no list of stacks. */
  stacks: number
}

/**
 * How many stacks one Kustomize builds. Loading its schemas costs as much as a stack, and its time grows with the square
 * of the objects in a build.
 */
const TOGETHER = 10

/**
 * Renders a folder. An environment that lists many stacks is built in groups, side by side, if that gives the same bytes;
 * `onOnePiece` hears why if it does not. Throws BuildFailure, which names every stack that did not build.
 */
export async function renderFolder(
  folder: string,
  builder: Builder,
  onOnePiece: (why: string) => void,
  together = TOGETHER,
): Promise<Rendering> {
  const stacks = stacksOf(folder)
  if (stacks && stacks.folders.length > together) {
    const rendering = await renderGroups(stacks, builder, onOnePiece, together)
    if (rendering) return nonEmpty(folder, rendering, stacks, builder)
  }
  const build = await builder.attempt(folder)
  if (build.output !== undefined) {
    const rendering = { objects: splitBuild(build.output), builds: [build], stacks: stacks?.folders.length ?? 1 }
    return nonEmpty(folder, rendering, stacks, builder)
  }
  const failed = await failedAlone(stacks?.folders ?? [], builder)
  throw new BuildFailure(failed.length > 0 ? failed : [build])
}

/** Tells the user why an environment is built in one piece. */
export const onePiece =
  ({ say }: { say(line: string): void }) =>
  (why: string): void =>
    say(`building in one piece, because ${why}`)

/** Renders stacks one after the other, each as it builds by itself. Throws BuildFailure. */
export async function renderEach(stacks: readonly string[], builder: Builder): Promise<Rendering> {
  const builds = await Promise.all(stacks.map((stack) => builder.attempt(stack)))
  const failed = builds.filter(({ output }) => output === undefined)
  if (failed.length > 0) throw new BuildFailure(failed)
  const objects = builds.map((build) => splitBuild(build.output ?? ''))
  for (const [index, stack] of stacks.entries()) requireObjects(stack, objects[index] ?? [])
  return { objects: objects.flat(), builds, stacks: stacks.length }
}

/**
 * Throws Failure (2) for a rendering without objects, or with a stack that has none, which Argo CD with prune would take
 * for a wish to delete everything.
 */
async function nonEmpty(
  folder: string,
  rendering: Rendering,
  stacks: Stacks | undefined,
  builder: Builder,
): Promise<Rendering> {
  requireObjects(folder, rendering.objects)
  for (const stack of await emptyStacks(stacks?.folders ?? [], builder)) requireObjects(stack, [])
  return rendering
}

/** Throws Failure (2) for a folder that builds nothing. */
export function requireObjects(folder: string, objects: readonly unknown[]): void {
  if (objects.length > 0) return
  throw new Failure(
    `${display(folder)} builds no objects: Kustomize printed nothing; expected at least one under resources`,
  )
}

/** The stacks that do not build by themselves either: Kustomize does not say in which stack a function failed. */
async function failedAlone(stacks: readonly string[], builder: Builder): Promise<Rendered[]> {
  const builds = await Promise.all(stacks.map((stack) => builder.attempt(stack)))
  return builds.filter(({ output }) => output === undefined)
}

async function renderGroups(
  { folders, order }: Stacks,
  builder: Builder,
  onOnePiece: (why: string) => void,
  together: number,
): Promise<Rendering | undefined> {
  const obstacle = obstacleIn(folders)
  if (obstacle !== undefined) {
    onOnePiece(obstacle)
    return undefined
  }
  const builds = await Promise.all(groupsOf(folders, together).map((group) => builder.attemptGroup(group)))
  const unbuilt = builds.filter(({ output }) => output === undefined)
  if (unbuilt.length > 0) {
    const failed = await failedAlone(
      unbuilt.flatMap((group) => group.folders),
      builder,
    )
    if (failed.length > 0) throw new BuildFailure(failed)
    // Only together do they not build, and then the whole does not either.
    return undefined
  }
  const groups = builds.map((build) => ({
    objects: splitBuild(build.output ?? ''),
    affixes: affixesOf(build.folders),
  }))
  const interference = interferenceAmong(groups)
  if (interference !== undefined) {
    onOnePiece(interference)
    return undefined
  }
  return {
    objects: inBuildOrder(
      groups.flatMap(({ objects }) => objects),
      order,
    ),
    builds,
    stacks: folders.length,
  }
}

/** As few groups as possible, all of about one size. */
function groupsOf(folders: readonly string[], together: number): string[][] {
  const size = Math.ceil(folders.length / Math.ceil(folders.length / together))
  return Array.from({ length: Math.ceil(folders.length / size) }, (_, index) =>
    folders.slice(index * size, (index + 1) * size),
  )
}
