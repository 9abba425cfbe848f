import { type Connection, connectionsIn, keyOf } from '../connections/connections.ts'
import { diffObjects, type ObjectChange } from '../render/diff.ts'
import { splitBuild } from '../render/documents.ts'
import { type App, identityOf } from './app.ts'
import type { Walk } from './walk.ts'

/** What differs between two states of a repository. */
export interface FluxDiff {
  /** Apps with a change; `app` is `namespace/name`. */
  apps: { app: string; change: 'added' | 'changed' | 'removed'; objects: ObjectChange[] }[]
  /** Connections that network policies admit in only one of the two. */
  added: Connection[]
  removed: Connection[]
}

/** What a change of the repository changes in the cluster, app by app. */
export function diffWalks(before: readonly Walk[], after: readonly Walk[]): FluxDiff {
  const [old, now] = [appsOf(before), appsOf(after)]
  const names = [...new Set([...now.keys(), ...old.keys()])]
  const apps = names.flatMap((app) => {
    const objects = diffObjects(builtBy(old.get(app)), builtBy(now.get(app)))
    const change = !old.has(app) ? 'added' : now.has(app) ? 'changed' : 'removed'
    return objects.length > 0 || change !== 'changed' ? [{ app, change, objects } as const] : []
  })
  const [were, are] = [connectionsOf(before), connectionsOf(after)]
  return { apps, added: without(are, were), removed: without(were, are) }
}

const appsOf = (walks: readonly Walk[]): Map<string, App> =>
  new Map(walks.flatMap(({ apps }) => apps.map((app) => [identityOf(app.entry), app])))

const builtBy = (app: App | undefined) => splitBuild((app?.texts ?? []).join('---\n'))

const connectionsOf = (walks: readonly Walk[]): Connection[] =>
  walks.flatMap(({ tree }) => connectionsIn(tree.entries.map(({ object }) => object)))

function without(some: readonly Connection[], others: readonly Connection[]): Connection[] {
  const keys = new Set(others.map(keyOf))
  return some.filter((connection) => !keys.has(keyOf(connection)))
}
