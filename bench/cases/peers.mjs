import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { build, engine, notMeasured, ratioRow, root, work } from '../lib/context.mjs'
import { forms } from '../lib/forms.mjs'

export const title = 'Others'

/** A function on kyaml and a policy of Kyverno, with edits of the same kinds, which decide and report little or nothing. */
export default function peers() {
  const { container, handedOver } = forms('mimir-peer', 'overlays/dev/mimir', 'hardening')
  const functions = { command: `node ${join(root, 'dist/functions.cjs')} < ${handedOver}` }
  kyaml(container, functions, handedOver)
  kyverno(functions, handedOver)
}

function kyaml(container, functions, handedOver) {
  const program = join(work, 'kyaml')
  const built = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: join(root, 'bench/peers/kyaml'),
    encoding: 'utf8',
  })
  if (built.status !== 0) return notMeasured('mimir ÷ a function in Go', (built.error?.message ?? built.stderr).trim())
  const folder = container.command.split(' ').at(-1)
  ratioRow(
    'mimir, the functions in a process of their own ÷ a function in Go',
    container,
    build(folder, engine('kyaml-engine', `exec ${program}`)),
  )
  ratioRow('the functions alone on mimir ÷ a function in Go', functions, { command: `${program} < ${handedOver}` })
}

/** Two of its rules on the same objects, against all functions. */
function kyverno(functions, handedOver) {
  const program = process.env.KYVERNO ?? 'kyverno'
  const { error } = spawnSync(program, ['version'])
  if (error)
    return notMeasured('the functions alone on mimir ÷ kyverno apply', 'kyverno is not in PATH; KYVERNO names one')
  const [objects, output] = [join(work, 'kyverno-objects.yaml'), join(work, 'kyverno-output')]
  mkdirSync(output)
  writeFileSync(
    objects,
    plainObjects(handedOver)
      .map((object) => stringify(object))
      .join('---\n'),
  )
  const policy = join(root, 'bench/peers/kyverno/policy.yaml')
  const apply = { command: `${program} apply ${policy} --resource ${objects} --output ${output}` }
  ratioRow('the functions alone on mimir ÷ kyverno apply with two rules', functions, apply)
}

/** The objects of a request, without what Kustomize notes on them. */
const plainObjects = (handedOver) =>
  parse(readFileSync(handedOver, 'utf8')).items.map(({ metadata, ...object }) => {
    const { annotations = {}, ...others } = metadata
    const own = Object.entries(annotations).filter(([key]) => !/config\.(?:kubernetes|k8s)\.io\//.test(key))
    return { ...object, metadata: { ...others, annotations: Object.fromEntries(own) } }
  })
