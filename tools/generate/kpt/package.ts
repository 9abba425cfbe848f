import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { PUBLISHED_IMAGE } from '../../../functions/lib/runner/published-image.ts'
import type { Kustomize } from './build.ts'
import { objectFiles } from './objects.ts'
import { policies } from './policies.ts'
import { writeObject } from './text.ts'

/** What becomes packages: the hardened stacks of the environment that the project's own kustomization builds. */
const ENVIRONMENT = 'overlays/dev'

export const packagedStacks = (root: string): string[] =>
  readdirSync(join(root, ENVIRONMENT)).filter((stack) => existsSync(join(root, ENVIRONMENT, stack, 'hardening')))

/**
 * A stack as a kpt package: the text of every file by its path in the package. A base leaves to its overlay what a
 * package must have in its files, such as the namespace, so a package is made of the built objects.
 * Throws where the stack does not build, and where two objects would share a file.
 */
export function kptPackage(root: string, kustomize: Kustomize, stack: string): Map<string, string> {
  const overlay = `${ENVIRONMENT}/${stack}`
  const objects = objectFiles(root, kustomize, overlay)
  const applied = policies(root, kustomize, overlay, objects)
  const files = new Map([
    ['Kptfile', kptfile(stack, applied)],
    ['.krmignore', KRMIGNORE],
  ])
  for (const { apiVersion, kind, metadata, spec } of applied)
    files.set(configPath(metadata.name), writeObject({ apiVersion, kind, metadata: { ...metadata, ...LOCAL }, spec }))
  for (const { path, text, object } of objects) {
    if (files.has(path)) throw new Error(`packages/${stack}/${path}: ${object.metadata.name} is its second object`)
    files.set(path, text)
  }
  return files
}

/** It stays in the package: kpt applies it to no cluster. */
const LOCAL = { annotations: { 'config.kubernetes.io/local-config': 'true' } }

const configPath = (name: string): string => `hardening/${name}.yaml`

/** Source: https://github.com/kptdev/kpt/blob/main/pkg/api/kptfile/v1/types.go */
const kptfile = (stack: string, applied: readonly KubernetesObject[]): string =>
  writeObject({
    apiVersion: 'kpt.dev/v1',
    kind: 'Kptfile',
    metadata: { name: stack, ...LOCAL },
    info: {
      description: `${stack} as upstream runs it; kpt fn render hardens it in place by the policy in hardening/`,
    },
    pipeline: {
      mutators: applied.map(({ metadata }) => ({
        image: PUBLISHED_IMAGE,
        configPath: configPath(metadata.name),
      })),
    },
  })

const KRMIGNORE = `# kpt reads every YAML file as whole objects and stops at a file that holds anything else. These are Kustomize's and Helm's.
kustomization.yaml
patches/
values*.yaml
`

/** Replaces the package of a stack. The tests fail where a file is not what this writes. */
export function writeKptPackage(root: string, kustomize: Kustomize, stack: string): void {
  const files = kptPackage(root, kustomize, stack)
  const folder = join(root, 'packages', stack)
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
