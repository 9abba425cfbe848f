import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build, engine, node, notMeasured, ratioRow, render, root, row, work } from '../lib/context.mjs'
import { variant } from '../lib/forms.mjs'

export const title = 'This repository'

/** This repository's development environment, and what the engine of an image would add. */
export default function environment() {
  const dev = join(root, 'overlays/dev')
  const functions = engine('engine-of-dev', `exec ${node('functions.cjs')}`)
  ratioRow('overlays/dev, render ÷ kustomize with a process for each function', render(dev), build(dev, functions))
  ratioRow(
    'mimir, five functions one by one ÷ one Hardening, render',
    render(fiveFunctions()),
    render(join(root, 'overlays/dev/mimir')),
  )
  image(dev)
}

/** Mimir with a transformer for each function. */
function fiveFunctions() {
  const source = join(root, 'overlays/dev/mimir')
  const policy = join(work, 'five-functions-policy')
  mkdirSync(policy)
  const kustomization = {
    resources: [relative(policy, join(source, 'hardening'))],
    components: [relative(policy, join(root, 'components/single-functions'))],
  }
  writeFileSync(join(policy, 'kustomization.yaml'), JSON.stringify(kustomization))
  return variant('five-functions', 'overlays/dev/mimir', [relative(source, policy)])
}

function image(dev) {
  const reference = /image: (\S+)/.exec(readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8'))[1]
  const inspected = spawnSync('docker', ['image', 'inspect', '--format', '{{.Size}}', reference], { encoding: 'utf8' })
  if (inspected.status !== 0)
    return notMeasured('render ÷ kustomize with an engine, wall', `docker has no ${reference}`)
  ratioRow('overlays/dev, render ÷ kustomize with an engine, wall', render(dev), build(dev), { by: 'wall' })
  row('size of the image', Number(inspected.stdout) / 1e6, { unit: 'MB' })
}
