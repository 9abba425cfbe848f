import { stringify } from 'yaml'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { type Connection, connectionsIn, keyOf } from '../connections/connections.ts'
import type { Builder } from '../kustomize/build.ts'
import { diffObjects, type ObjectChange } from '../render/diff.ts'
import { type BuiltObject, splitBuild } from '../render/documents.ts'
import { type App, identityOf } from './app.ts'
import { clusterOf } from './clusters.ts'
import { type Installed, installedBy } from './installed.ts'
import type { Walk } from './walk.ts'

/** What differs between two states of a repository. */
export interface FluxDiff {
  /** Apps with a change; `app` is `namespace/name`. */
  apps: AppDiff[]
  /** Connections that network policies admit in only one of the two. */
  added: Connection[]
  removed: Connection[]
}

interface AppDiff {
  app: string
  change: 'added' | 'changed' | 'removed'
  /** What it applies, and what its charts install by their locks. */
  objects: ObjectChange[]
  /** Why not all of it is known. */
  problem?: string
}

/** What a change of the repository changes in the cluster, app by app. `builder` builds the policies of apps with charts. */
export async function diffWalks(before: readonly Walk[], after: readonly Walk[], builder: Builder): Promise<FluxDiff> {
  const [old, now] = [await statesOf(before, builder), await statesOf(after, builder)]
  const names = [...new Set([...now.keys(), ...old.keys()])]
  const apps = names.flatMap((app) => diffApp(app, old.get(app), now.get(app)) ?? [])
  // Nobody knows what the connections are of what does not build.
  const unknown = new Set([...old, ...now].flatMap(([app, state]) => (state.unknown === undefined ? [] : [app])))
  const [were, are] = [connectionsOf(old, unknown), connectionsOf(now, unknown)]
  return { apps, added: without(are, were), removed: without(were, are) }
}

/** An app in one state of the repository. */
interface State {
  app: App
  cluster: string
  installed: Installed
  /** Why its objects are not known. */
  unknown: string | undefined
}

/** Of several clusters, each has a name. */
async function statesOf(walks: readonly Walk[], builder: Builder): Promise<Map<string, State>> {
  const states = new Map<string, State>()
  for (const walk of walks) {
    const cluster = walks.length > 1 ? clusterOf(walk) : ''
    for (const app of walk.apps) {
      const name = `${identityOf(app.entry)}${cluster === '' ? '' : ` of ${cluster}`}`
      states.set(name, {
        app,
        cluster,
        installed: await installedBy(app, walk, builder),
        unknown: whyUnknown(app),
      })
    }
  }
  return states
}

function whyUnknown({ state, reason = '' }: App): string | undefined {
  if (state === 'unbuilt') return `does not build: ${reason}`
  if (state === 'partial') return 'does not build without what comes from URLs'
  return state === 'missing' ? 'has no folder' : undefined
}

function diffApp(app: string, old: State | undefined, now: State | undefined): AppDiff | undefined {
  const change = old ? (now ? 'changed' : 'removed') : 'added'
  if (now?.unknown !== undefined)
    return now.unknown === old?.unknown ? undefined : { app, change, objects: [], problem: `it ${now.unknown}` }
  const objects = diffObjects(builtBy(old), builtBy(now), { before: 'before', after: 'after' })
  if (objects.length === 0 && change === 'changed') return undefined
  const problem = old?.unknown === undefined ? now?.installed.problem : `before, it ${old.unknown}`
  return { app, change, objects, ...(problem !== undefined && { problem }) }
}

const builtBy = (state: State | undefined): BuiltObject[] => {
  const ofCharts = (state?.installed.ofCharts ?? []).map((object) => stringify(object, WHOLE))
  return splitBuild([...(state?.app.texts ?? []), ...ofCharts].join('---\n'))
}

const WHOLE = { lineWidth: 0, aliasDuplicateObjects: false } as const

function connectionsOf(states: ReadonlyMap<string, State>, unknown: ReadonlySet<string>): Connection[] {
  const known = [...states].flatMap(([app, state]) => (unknown.has(app) ? [] : [state]))
  const clusters = groupBy(known, ({ cluster }) => cluster)
  return [...clusters.values()].flatMap((group) => connectionsIn(group.flatMap(({ installed }) => installed.all)))
}

function without(some: readonly Connection[], others: readonly Connection[]): Connection[] {
  const keys = new Set(others.map(keyOf))
  return some.filter((connection) => !keys.has(keyOf(connection)))
}
