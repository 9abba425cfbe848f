import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FluxConventionsSpec } from '../../functions/flux-conventions/config.ts'
import { judge } from '../../functions/flux-conventions/judge.ts'
import { NAME } from '../../functions/flux-conventions/name.ts'
import { type Entry, FLUX } from '../../functions/flux-conventions/tree/tree.ts'
import { plan } from '../../functions/hardening/plan.ts'
import { API_VERSION } from '../../functions/lib/framework/config.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import type { Builder } from '../kustomize/build.ts'
import { readObjects } from '../read-objects.ts'
import type { App, AppFinding } from './app.ts'
import { Cache } from './cache.ts'
import { eachOnce } from './once.ts'
import { repositoryAt } from './roots.ts'
import { type Walk, walk } from './walk.ts'

/** Where the policy of a repository is, unless the command names another. */
const POLICY = 'flux-conventions.yaml'

/** What the conventions are: those of a file, or of the repository, or the defaults. Throws Failure (2) for a file without any. */
export function conventionsOf(folder: string, file: string | undefined): FluxConventionsSpec {
  const path = file ?? [join(folder, POLICY)].find(existsSync)
  const policies = path === undefined ? [defaults] : readObjects(readFileSync(path, 'utf8'), display(path))
  const steps = policies.filter(({ apiVersion }) => apiVersion === API_VERSION).flatMap((policy) => plan(policy))
  const step = steps.find((one) => one.function.name === NAME)
  if (!step)
    throw new Failure(
      `${display(path ?? folder)}: expected a FluxConventions, or a Hardening with the section conventions`,
    )
  return { ...(step.spec as FluxConventionsSpec), fix: false, complete: true }
}

const defaults: KubernetesObject = { apiVersion: API_VERSION, kind: 'FluxConventions', metadata: { name: 'defaults' } }

/**
 * Walks every cluster of a repository. Throws Failure (2) where Flux could start from nothing. `name` is that of the cache; `say`
 * hears of files that may start something and are no YAML.
 */
export async function walkAll(
  folder: string,
  builder: Builder,
  name = folder,
  say: (line: string) => void = () => {},
): Promise<Walk[]> {
  const { starts, unreadable } = repositoryAt(folder)
  for (const { file, reason } of unreadable)
    say(`${display(file)} cannot be read as YAML, so what it applies is not known: ${reason}`)
  if (starts.length === 0)
    throw new Failure(
      `${display(folder)}: found no Kustomization of Flux to start from, expected one in a file that no other applies`,
    )
  const walks: Walk[] = []
  for (const [index, start] of starts.entries()) {
    const cache = new Cache(start.top, `${name}#${index}`, process.env)
    walks.push(await walk(start, builder, cache))
    cache.save()
  }
  return walks
}

/** A walk and everything found in it, by app. */
export interface Checked {
  walk: Walk
  findings: ReadonlyMap<App, readonly AppFinding[]>
  /** Findings about the policy, which are about no app. */
  general: readonly AppFinding[]
}

export function check(one: Walk, spec: FluxConventionsSpec): Checked {
  const apps = new Map(one.apps.map((app) => [app.entry, app]))
  const entries = new Map(one.tree.entries.map((entry) => [entry.object, entry]))
  const judged = eachOnce(judge(one.tree, spec), entries, { source: NAME, top: one.top }).map(({ entry, found }) => ({
    app: entry && apps.get(ownerOf(entry)),
    found,
  }))
  const byApp = groupBy(
    judged.filter(({ app }) => app !== undefined),
    ({ app }) => String(one.apps.indexOf(app as App)),
  )
  return {
    walk: one,
    findings: new Map(
      one.apps.map((app, index) => [
        app,
        [...(byApp.get(String(index)) ?? []).map(({ found }) => found), ...(app.verified ?? [])],
      ]),
    ),
    general: judged.filter(({ app }) => app === undefined).map(({ found }) => found),
  }
}

/** A Kustomization is an app itself; everything else belongs to the one that applies it. */
const ownerOf = (entry: Entry): Entry =>
  isKind(entry.object, FLUX.Kustomization, 'Kustomization') ? entry : (entry.appliedBy ?? entry)
