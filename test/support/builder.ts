import { rmSync } from 'node:fs'
import { Builder, type Rendered } from '../../cli/kustomize/build.ts'
import { type Functions, harden } from '../../cli/runtime/functions.ts'
import { embeddedRuntime, type Runtime } from '../../cli/runtime/runtime.ts'
import { PUBLISHED_IMAGE } from '../../functions/lib/runner/published-image.ts'
import { kustomize } from './programs.ts'

let shared: Runtime | undefined
afterAll(() => {
  if (shared) rmSync(shared.home, { recursive: true, force: true })
  shared = undefined
})

/** Builds with Kustomize and these functions in this process, which is cheaper than the command line. */
export const builderWith = (
  functions: Functions,
  onBuilt: (build: Rendered) => void = () => {},
  ...flags: readonly string[]
): Builder =>
  new Builder(async () => {
    shared ??= embeddedRuntime([PUBLISHED_IMAGE], process.env)
    return {
      kustomize: { build: [kustomize(), 'build', '--enable-alpha-plugins', ...flags], description: '' },
      runtime: shared,
      functions,
    }
  }, onBuilt)

/** What `render` prints of a folder, and what Kustomize handed to its functions on the way, one ResourceList a call. */
export interface Build {
  output: string
  inputs: readonly string[]
}

/** Builds and hardens a folder. Throws BuildFailure. */
export async function build(folder: string): Promise<Build> {
  const inputs: string[] = []
  const functions: Functions = (request, onCall) => {
    inputs.push(Buffer.from(request).toString())
    return harden(request, onCall)
  }
  return { output: await builderWith(functions).build(folder), inputs }
}
