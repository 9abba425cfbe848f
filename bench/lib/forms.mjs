import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import { build, catEngine, engine, node, render, root, work } from './context.mjs'
import { imageCommand, withoutImage } from './image.mjs'

/** The kustomization of a folder with other transformers, in a folder of its own; its paths lead where they led. */
export function variant(name, source, transformers) {
  const from = join(root, source)
  const folder = join(work, name)
  mkdirSync(folder)
  const kustomization = parse(readFileSync(join(from, 'kustomization.yaml'), 'utf8'))
  const there = (path) => relative(folder, join(from, path))
  const resources = kustomization.resources.map(there)
  const changed = transformers.map((one) => (one.startsWith('{') ? one : there(one)))
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    JSON.stringify({ ...kustomization, resources, transformers: changed }),
  )
  return folder
}

/** Policies that do nothing, in place of the stack's own: what five transformers cost Kustomize. */
const cats = Array.from({ length: 5 }, (_, index) => {
  const annotations = { 'config.kubernetes.io/function': 'container: {image: cat}' }
  const metadata = { name: `cat-${index}`, annotations }
  return JSON.stringify({ apiVersion: 'krm-hardening.dev/v1alpha1', kind: 'Hardening', metadata })
})

const functionsEngine = engine('functions-engine', `exec ${node('functions.cjs')}`)
const imageEngine = withoutImage === undefined ? engine('image-engine', `exec ${imageCommand()}`) : undefined
const cat = catEngine('cat-engine')

/**
 * The ways to build a stack: hardened by a process of the functions, by one as the image starts it, by `render`, with its
 * answer for nothing (the floor), with a cat in place of the functions, with five of them, with no transformer. `handedOver` is
 * a file with what Kustomize hands to the functions.
 */
export function forms(name, source, policy) {
  const hardened = variant(`${name}-hardened`, source, [policy])
  const handedOver = join(work, `${name}.asked`)
  const answer = join(work, `${name}.answered`)
  execFileSync('bash', ['-c', build(hardened).command], {
    env: {
      ...process.env,
      ...engine(`${name}-recorder`, `tee ${handedOver} | ${node('functions.cjs')} | tee ${answer}`),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return {
    handedOver,
    container: build(hardened, functionsEngine),
    image: build(hardened, imageEngine),
    render: render(hardened),
    instant: build(hardened, catEngine(`${name}-instant`, answer)),
    oneCat: build(hardened, cat),
    fiveCats: build(variant(`${name}-five-cats`, source, cats), cat),
    none: build(variant(`${name}-none`, source, [])),
  }
}
