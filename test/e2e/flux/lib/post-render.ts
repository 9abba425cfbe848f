import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { folder } from '../../../cli/lib/command-line.ts'
import { builtInCopy } from '../../../support/programs.ts'

/** The post-renderer of helm-controller of Flux 2.9, built from its module. */
export const postRenderer = (): string =>
  builtInCopy(
    'github.com/fluxcd/helm-controller',
    'v1.6.0',
    {
      program: 'post-render',
      package: 'post-render',
      files: { 'post-render/main.go': readFileSync(join(__dirname, '../post-render/main.go'), 'utf8') },
      dropped: 'github.com/fluxcd/helm-controller/api',
    },
    'The tests of HelmReleases need the post-renderer of helm-controller',
  )

/** What helm-controller makes of a chart's output with the entries of a HelmRelease. Throws with what it says. */
export function postRender(release: KubernetesObject, manifests: string): string {
  const file = join(folder(), 'release.yaml')
  writeFileSync(file, stringify(release, { version: '1.1', aliasDuplicateObjects: false }))
  return execFileSync(postRenderer(), [file], {
    input: manifests,
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 64 << 20,
  })
}
