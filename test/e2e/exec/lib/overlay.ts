import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../../../support/stacks.ts'

export interface Layers {
  /** Folders of this repository that the overlay refers to. */
  resources: string
  policy: string
  namespace?: string
}

/**
 * Writes an overlay whose policy names a program in place of the image, the way docs/exec.md says. The path of the program
 * counts from `hardening/` in the overlay.
 */
export function overlayByProgram(folder: string, program: string, { resources, policy, namespace }: Layers): void {
  mkdirSync(join(folder, 'hardening'), { recursive: true })
  const overlay = realpathSync(folder)
  const kustomization = (path: string, fields: object): void =>
    writeFileSync(join(overlay, path, 'kustomization.yaml'), JSON.stringify({ kind: 'Kustomization', ...fields }))
  const fromOverlay = (path: string): string => relative(overlay, join(root, path))
  kustomization('.', { namespace, resources: [fromOverlay(resources)], transformers: ['hardening'] })
  kustomization('hardening', {
    resources: [join('..', fromOverlay(policy))],
    patches: [{ path: 'exec.yaml' }],
  })
  writeFileSync(
    join(overlay, 'hardening/exec.yaml'),
    `apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: ${program}
`,
  )
}
