import { readFileSync } from 'node:fs'
import { display } from '../display.ts'
import { resourceGraph, transformerGraph, transformersOf } from '../tree/graph.ts'
import type { Kustomization } from '../tree/kustomization.ts'

/**
 * Kustomize resolves some things only when everything is accumulated: a stack built alone would then give other bytes
 * than within its environment. Says what prevents building stacks apart, or undefined. interference.ts checks what only
 * the built objects can tell.
 */
export function obstacleIn(stacks: readonly string[]): string | undefined {
  const { kustomizations, files, remotes } = resourceGraph(stacks)
  const [remote] = remotes.filter((entry) => !isRemoteFile(entry))
  if (remote !== undefined) return `${remote} is not in this tree`
  for (const kustomization of kustomizations) {
    const obstacle = obstacleInKustomization(kustomization) ?? obstacleInTransformers(kustomization)
    if (obstacle !== undefined) return `${display(kustomization.file)} ${obstacle}`
  }
  const local = files.find((file) => readFileSync(file, 'utf8').includes('config.kubernetes.io/local-config'))
  return local && `${display(local)} holds an object that is only local`
}

/** Fields whose effect reaches beyond their own kustomization. */
const FAR_REACHING = ['vars', 'configurations', 'crds', 'openapi', 'buildMetadata']

function obstacleInKustomization({ fields, text }: Kustomization): string | undefined {
  const field = FAR_REACHING.find((name) => fields[name] !== undefined)
  if (field !== undefined) return `has the field ${field}`
  return /allow(?:Name|Kind)Change: *true/.test(text) ? 'renames objects by a patch' : undefined
}

/** Kustomize's own transformers may rename objects; the functions of this project do not. */
function obstacleInTransformers(kustomization: Kustomization): string | undefined {
  const isBuiltin = (text: string): boolean => /apiVersion: *["']?builtin/.test(text)
  if (transformersOf(kustomization).inline.some(isBuiltin)) return 'has a transformer of Kustomize'
  const file = transformerGraph(kustomization).files.find((path) => isBuiltin(readFileSync(path, 'utf8')))
  return file && `has a transformer of Kustomize, ${display(file)}`
}

const isRemoteFile = (entry: string): boolean => /^https:\/\/[^?]*\.(?:ya?ml|json)$/.test(entry)
