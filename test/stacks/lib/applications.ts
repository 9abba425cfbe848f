import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { argocdApplications, environments, objectsOf, render, rendered, root } from '../../support/stacks.ts'

/** The fields of an Argo CD Application that are read here. */
export interface Application extends KubernetesObject {
  spec: { source: { path: string }; destination: { namespace: string } }
}

/** The Applications of an environment. */
export const applicationsOf = (environment: string): Application[] =>
  objectsOf(rendered(argocdApplications(environment))) as Application[]
export const applications = environments.flatMap(applicationsOf)
export const pathOf = ({ spec }: Application): string => spec.source.path

/** The folders whose changes make Argo CD render again, relative to the stack's. */
export const watchedBy = ({ metadata }: Application): string[] =>
  metadata.annotations?.['argocd.argoproj.io/manifest-generate-paths']?.split(';') ?? []

/** The build in a checkout of some folders only, as Argo CD can hand it to the plugin. */
export function renderFrom(path: string, folders: readonly string[]): string {
  const checkout = mkdtempSync(join(tmpdir(), 'checkout-'))
  // Examples are most of the files, and no build reads them.
  const options = { recursive: true, filter: (source: string) => basename(source) !== 'examples' }
  try {
    for (const folder of folders) cpSync(join(root, path, folder), join(checkout, path, folder), options)
    return render(join(checkout, path))
  } finally {
    rmSync(checkout, { recursive: true })
  }
}
