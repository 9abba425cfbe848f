import { dependenciesOf, dependents } from '../tree/dependencies.ts'
import type { Entry, Tree } from '../tree/tree.ts'
import { defineRule } from './rule.ts'

/** No Kustomization or HelmRelease waits for itself, through whatever others. Each circle is found once. */
export const dependsCycle = defineRule({
  name: 'depends-cycle',
  severity: 'error',
  means: 'Kustomizations or HelmReleases depend on each other in a circle.',
  why: 'Each waits for the next, so none of them is ever applied.',
  fix: 'Remove the dependsOn that closes the circle.',
  *violations(tree) {
    for (const circle of circlesOf(tree)) {
      const [first] = circle
      if (!first) continue
      const names = [...circle, first].map(({ object, namespace }) =>
        [namespace, object.metadata.name].filter(Boolean).join('/'),
      )
      yield {
        object: first.object,
        path: 'spec.dependsOn',
        found: `the circle ${names.join(' → ')}`,
        expected: 'an order in which each can be applied after those that it depends on',
        advice: 'remove one of them',
      }
    }
  },
})

function circlesOf(tree: Tree): Entry[][] {
  const circles: Entry[][] = []
  const state = new Map<Entry, 'open' | 'done'>()
  for (const start of dependents(tree)) {
    if (state.has(start)) continue
    // The path down, each entry with its dependencies that are still to be visited.
    const way: { entry: Entry; left: Entry[] }[] = []
    const enter = (entry: Entry): void => {
      state.set(entry, 'open')
      way.push({ entry, left: dependenciesOf(tree, entry).flatMap(({ target }) => target ?? []) })
    }
    enter(start)
    for (let top = way.at(-1); top; top = way.at(-1)) {
      const next = top.left.pop()
      if (!next) {
        state.set(top.entry, 'done')
        way.pop()
      } else if (state.get(next) === 'open') {
        const from = way.findIndex(({ entry }) => entry === next)
        circles.push(way.slice(from).map(({ entry }) => entry))
      } else if (!state.has(next)) enter(next)
    }
  }
  return circles
}
