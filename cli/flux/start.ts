import { resolve } from 'node:path'
import { Failure } from '../exit-code.ts'
import type { Builder } from '../kustomize/build.ts'
import { harden } from '../runtime/functions.ts'
import type { Session } from '../session.ts'
import { isFolder } from '../tree/kustomization.ts'

/** Absolute path of a folder. Throws Failure (2) for anything else. */
export function requireFolder(target: string): string {
  const folder = resolve(target)
  if (!isFolder(folder)) throw new Failure(`${target} is no folder; expected one with a repository for Flux`)
  return folder
}

/** Flux lets a kustomization read any file of its repository. */
export const fluxBuilder = (session: Session): Builder =>
  session.builder(harden, '--load-restrictor', 'LoadRestrictionsNone')
