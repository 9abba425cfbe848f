import { PINNED } from '../../../cli/kustomize/pinned.ts'
import { findOnPath } from '../../../cli/on-path.ts'
import { kustomizeOf } from '../../lib/programs.ts'

/** From the oldest that is supported to the newest that Go 1.26 builds, with the last before each that behaves otherwise. */
export const VERSIONS = ['v5.3.0', PINNED, 'v5.7.1', 'v5.8.2']

/** A program that builds kustomizations. */
export interface Program {
  name: string
  /** The program and the arguments of a build; flags and the folder come after them. Throws where it cannot be had. */
  build: () => readonly [string, ...string[]]
}

export const PROGRAMS: readonly Program[] = [
  ...VERSIONS.map(
    (version): Program => ({ name: `kustomize ${version}`, build: () => [kustomizeOf(version), 'build'] }),
  ),
  { name: 'kubectl kustomize', build: () => [kubectl(), 'kustomize'] },
]

function kubectl(): string {
  const path = findOnPath('kubectl', process.env.PATH)
  if (path === undefined) throw new Error('kubectl is not on PATH; install it: https://kubernetes.io/docs/tasks/tools/')
  return path
}
