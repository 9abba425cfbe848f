import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'

/** The program that builds, and its arguments; the folder comes after them. */
export type Kustomize = readonly [string, ...string[]]

/** A kustomization that is in no file. Its folders are given from the project's root. */
export interface Kustomization {
  resources: readonly string[]
  components?: readonly string[]
  patches?: readonly { target: { kind: string }; patch: string }[]
  buildMetadata?: readonly string[]
}

/**
 * What Kustomize builds of it, where every function gives back what it gets. Origins are paths from the project's root.
 * Throws with Kustomize's own words where it does not build.
 */
export function buildPlain(root: string, kustomize: Kustomize, kustomization: Kustomization): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kpt-package-')))
  const fromHere = (path: string): string => relative(folder, join(realpathSync(root), path))
  const { resources, components = [], ...rest } = kustomization
  const fields = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: resources.map(fromHere),
    components: components.map(fromHere),
    ...rest,
  }
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(fields))
    writeFileSync(join(folder, 'docker'), '#!/bin/sh\nexec cat\n', { mode: 0o755 })
    const [program, ...args] = kustomize
    const build = execFileSync(program, [...args, folder], {
      env: { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) },
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return build.replaceAll(`${fromHere('.')}/`, '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
