import { readFileSync } from 'node:fs'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import { resourceGraph, transformerGraph, transformersOf } from '../tree/graph.ts'

const EXEC = /\bexec:\s*\{?\s*path:/

/**
 * Kustomize skips functions with an `exec` annotation in silence unless it is told to run programs of the tree, which
 * this command never does. Throws Failure (2) for a policy that is written so: its build would look hardened and not be.
 */
export function refuseSkippedFunctions(folder: string): void {
  for (const kustomization of resourceGraph([folder]).kustomizations) {
    const { files, kustomizations } = transformerGraph(kustomization)
    const texts = [
      ...transformersOf(kustomization).inline,
      ...kustomizations.map(({ text }) => text),
      ...files.map((file) => readFileSync(file, 'utf8')),
    ]
    const isOurs = texts.some((text) => text.includes('krm-hardening.dev/'))
    if (isOurs && texts.some((text) => EXEC.test(text)))
      throw new Failure(
        `${display(kustomization.file)}: a policy among its transformers has an exec annotation, for which Kustomize skips the functions in silence; expected config.kubernetes.io/function with container: {image: …}, which needs no engine here`,
      )
  }
}
