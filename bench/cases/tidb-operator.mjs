import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, ratioRow, ratioToC, work } from '../lib/context.mjs'
import { forms } from '../lib/forms.mjs'
import { withoutImage } from '../lib/image.mjs'
import { customResourceDefinitions } from '../lib/inputs.mjs'

export const title = 'An operator with large CRDs'

/** An operator with 2.6 MB of CRDs, which no transformer reads. */
export default function tidbOperator() {
  const { container, image, oneCat, none, instant } = forms(
    'tidb',
    'overlays/dev/tidb-operator/operator',
    '../hardening',
  )
  ratioToC('tidb-operator without CRDs, functions in a process of their own ÷ one cat', container, oneCat)
  const crds = join(work, 'crds')
  mkdirSync(crds)
  writeFileSync(join(crds, 'crds.yaml'), customResourceDefinitions(2.6e6))
  writeFileSync(join(crds, 'kustomization.yaml'), 'resources: [crds.yaml]\n')
  const hardened = nextTo('tidb-hardened')
  const untouched = build(nextTo('tidb-none'), none.env)
  const text = 'tidb-operator with 2.6 MB of CRDs'
  ratioToC(`${text}, an answer for nothing ÷ no transformer: the floor`, build(hardened, instant.env), untouched)
  ratioRow(`${text}, functions in a process of their own ÷ no transformer`, build(hardened, container.env), untouched)
  if (withoutImage === undefined)
    ratioRow(`${text}, functions as in the image ÷ no transformer`, build(hardened, image.env), untouched, {
      goal: 1.15,
    })
}

/** A kustomization that adds the CRDs to a folder. */
function nextTo(name) {
  const folder = join(work, `${name}-with-crds`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources: [`../${name}`, '../crds'] }))
  return folder
}
