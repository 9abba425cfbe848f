import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { ratioRow, render, root, row, say, work } from '../lib/context.mjs'
import { application } from '../lib/inputs.mjs'
import { measure } from '../lib/measure.mjs'

const OBJECTS_OF_A_STACK = 24

export const title = 'Environments of many stacks'

/** Environments of 40 to 1,000 stacks, each with a policy of its own. */
export default function stacks() {
  const forty = environment(40)
  const byItself = Array.from({ length: 40 }, (_, index) => render(join(forty, `stack-${index}`)).command)
  ratioRow(
    '40 stacks, render of the environment ÷ render of each',
    render(forty),
    { command: byItself.join(' && ') },
    { runs: 2 },
  )
  const costs = [40, 200, 1000].map((count) => {
    const { cpu, wall } = measure(render(environment(count)).command)
    say(`${count} stacks: ${cpu.toFixed(1)} s CPU, ${wall.toFixed(1)} s`)
    return { count, cost: (cpu * 1000) / count }
  })
  for (const { count, cost } of costs)
    row(`${count} stacks of ${OBJECTS_OF_A_STACK} objects, render`, cost, {
      unit: 'ms CPU a stack',
      ...(count === 1000 ? { goal: 70 } : {}),
    })
}

const made = new Map()

/** A folder that lists so many stacks, which layer their policy over the product's. */
function environment(count) {
  if (made.has(count)) return made.get(count)
  const folder = join(work, `environment-${count}`)
  const names = Array.from({ length: count }, (_, index) => `stack-${index}`)
  write(folder, 'kustomization.yaml', { resources: names })
  write(join(folder, 'hardening'), 'policy.yaml', readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8'))
  write(join(folder, 'hardening'), 'kustomization.yaml', { resources: ['policy.yaml'] })
  names.forEach((name, index) => {
    const objects = [0, 1, 2].flatMap((part) => application(index * 3 + part)).slice(0, OBJECTS_OF_A_STACK)
    const ofTheStack = objects.filter(({ kind }) => kind !== 'Namespace')
    write(join(folder, name), 'objects.yaml', ofTheStack.map((object) => stringify(object)).join('---\n'))
    write(join(folder, name), 'kustomization.yaml', {
      namespace: name,
      resources: ['objects.yaml'],
      transformers: ['hardening'],
    })
    write(join(folder, name, 'hardening'), 'kustomization.yaml', {
      resources: ['../../hardening'],
      patches: [{ patch: stringify(policyOf(index)) }],
    })
  })
  made.set(count, folder)
  return folder
}

const policyOf = (index) => ({
  apiVersion: 'krm-hardening.dev/v1alpha1',
  kind: 'Hardening',
  metadata: { name: 'hardening' },
  spec: {
    flows: { [`stack-${index}/app-${index * 3}:http`]: { from: [`stack-${index}/app-${index * 3 + 1}`] } },
    images: { digests: { 'grafana/mimir': `sha256:${'0'.repeat(64)}` } },
  },
})

function write(folder, name, content) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), typeof content === 'string' ? content : stringify(content))
}
