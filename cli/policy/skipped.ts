import { readFileSync } from 'node:fs'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { resourceGraph, transformerGraph, transformersOf } from '../tree/graph.ts'

const EXEC = /\bexec:\s*\{?\s*path:/

/**
 * Kustomize skips functions with an `exec` annotation in silence unless it is told to run programs of the tree, which
 * this command never does. Throws Failure (2) for such a policy: its build would look hardened and not be.
 */
export function refuseSkippedFunctions(folder: string): void {
  for (const { file, texts } of policiesOf(folder))
    if (texts.some((text) => EXEC.test(text)))
      throw new Failure(
        `${display(file)}: a policy among its transformers has an exec annotation, for which Kustomize skips the functions in silence; expected config.kubernetes.io/function with container: {image: …}, which needs no engine here`,
      )
}

/** Says which images policies name that are not the functions' own, before an engine is asked to run them. */
export function nameForeignImages(folder: string, { images, say }: Pick<Session, 'images' | 'say'>): void {
  const foreign = new Map<string, string>()
  for (const { file, texts } of policiesOf(folder))
    for (const text of texts.filter((one) => one.includes(API_GROUP) && one.includes(ANNOTATION)))
      for (const [, image = ''] of text.matchAll(IMAGE))
        if (!images.includes(image) && !foreign.has(image)) foreign.set(image, display(file))
  for (const [image, file] of foreign)
    say(
      `a policy of ${file} names the image ${image}, which is not the functions’ own, so docker will be asked to run it; if it is a copy of ${images[0]}, use --image ${image}`,
    )
}

const API_GROUP = 'krm-hardening.dev/'
const ANNOTATION = 'config.kubernetes.io/function'
const IMAGE = /\bimage: *["']?([^\s"'}]+)/g

/** The kustomizations below a folder whose transformers have policies of this project, with the texts of all of those. */
function policiesOf(folder: string): { file: string; texts: string[] }[] {
  return resourceGraph([folder]).kustomizations.flatMap((kustomization) => {
    const { files, kustomizations } = transformerGraph(kustomization)
    const texts = [
      ...transformersOf(kustomization).inline,
      ...kustomizations.map(({ text }) => text),
      ...files.map((file) => readFileSync(file, 'utf8')),
    ]
    return texts.some((text) => text.includes(API_GROUP)) ? [{ file: kustomization.file, texts }] : []
  })
}
