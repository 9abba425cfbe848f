import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, ratioRow, ratioToC, work } from '../lib/context.mjs'
import { forms } from '../lib/forms.mjs'
import { customResourceDefinitions } from '../lib/inputs.mjs'

export const title = 'An operator with large CRDs'

/** An operator with 2.6 MB of CRDs, which no transformer reads. */
export default function tidbOperator() {
  const { container, oneCat, none } = forms('tidb', 'overlays/dev/tidb-operator/operator', '../hardening')
  ratioToC('tidb-operator without CRDs, functions in a process of their own ÷ one cat', container, oneCat)
  const crds = join(work, 'crds')
  mkdirSync(crds)
  writeFileSync(join(crds, 'crds.yaml'), customResourceDefinitions(2.6e6))
  writeFileSync(join(crds, 'kustomization.yaml'), 'resources: [crds.yaml]\n')
  const nextTo = (name, { env }) => {
    const folder = join(work, `${name}-with-crds`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources: [`../${name}`, '../crds'] }))
    return build(folder, env)
  }
  ratioRow(
    'tidb-operator with 2.6 MB of CRDs, functions in a process of their own ÷ no transformer',
    nextTo('tidb-hardened', container),
    nextTo('tidb-none', none),
    { goal: 1.15 },
  )
}
