import { execFileSync } from 'node:child_process'
import { PINNED } from '../../../../cli/kustomize/pinned.ts'
import { findOnPath } from '../../../../cli/on-path.ts'
import { kustomizeOf } from '../../../support/programs.ts'

/** From the oldest that is supported to the newest that Go 1.26 builds, with the last before each that behaves otherwise. */
export const VERSIONS = ['v5.3.0', PINNED, 'v5.7.1', 'v5.8.2']

/** A program that builds kustomizations. */
export interface Program {
  name: string
  version: () => string
  /** The program and the arguments of a build; flags and the folder come after them. Throws where it cannot be had. */
  build: () => readonly [string, ...string[]]
}

const kustomizeProgram = (version: string): Program => ({
  name: 'kustomize',
  version: () => version,
  build: () => [kustomizeOf(version), 'build'],
})

export const KUSTOMIZES: readonly Program[] = VERSIONS.map(kustomizeProgram)

export const pinned: Program = kustomizeProgram(PINNED)

export const kubectlKustomize: Program = {
  name: 'kubectl kustomize',
  version: () => {
    const printed = execFileSync(kubectl(), ['version', '--client', '--output=json'], { encoding: 'utf8' })
    const { clientVersion, kustomizeVersion } = JSON.parse(printed)
    return `${clientVersion.gitVersion}, of Kustomize ${kustomizeVersion}`
  },
  build: () => [kubectl(), 'kustomize'],
}

function kubectl(): string {
  const path = findOnPath('kubectl', process.env.PATH)
  if (path === undefined) throw new Error('kubectl is not on PATH; install it: https://kubernetes.io/docs/tasks/tools/')
  return path
}
