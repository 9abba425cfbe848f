import type { Finding } from '../../functions/lib/framework/finding.ts'
import { optsOutOfSubstitution } from '../../functions/lib/framework/open-placeholders.ts'
import {
  type Fields,
  formatPath,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../functions/lib/kubernetes/objects.ts'
import { sourceTree } from '../findings.ts'
import type { Check } from './source-tree.ts'

/** A dashboard of Grafana, in a key of the ConfigMap that its sidecar loads. */
interface Dashboard {
  object: KubernetesObject
  /** Path of the key in the ConfigMap. */
  path: string
  text: string
}

/** Every dashboard parses, has a unique uid, and lets its reader choose the data source. */
export const checkDashboards: Check = ({ objects }) => {
  const uids = new Map<string, string>()
  return objects
    .filter(holdsDashboards)
    .flatMap((object) => [
      ...(isSubstituted(object) ? [sourceTree['substituted-dashboard']({ object })] : []),
      ...dashboardsIn(object).flatMap((dashboard) => findingsOf(dashboard, uids)),
    ])
}

/** Recognised by the label that the sidecar of Grafana's chart looks for. */
const holdsDashboards = (object: KubernetesObject): boolean =>
  isKind(object, '', 'ConfigMap') && object.metadata.labels?.grafana_dashboard !== undefined

const isSubstituted = (object: KubernetesObject): boolean =>
  !optsOutOfSubstitution(object) && dashboardsIn(object).some(({ text }) => text.includes('${'))

const dashboardsIn = (object: KubernetesObject): Dashboard[] =>
  Object.entries(isFields(object.data) ? object.data : {})
    .filter(([key]) => key.endsWith('.json'))
    .map(([key, text]) => ({ object, path: formatPath(['data', key]), text: String(text) }))

function findingsOf({ object, path, text }: Dashboard, uids: Map<string, string>): Finding[] {
  const at = (...more: (string | number)[]) => ({
    object,
    field: { path: [path, ...(more.length > 0 ? [formatPath(more)] : [])].join(': ') },
  })
  const dashboard = parsed(text)
  if (dashboard instanceof Error) return [sourceTree['unreadable-dashboard'](at(), reasonOf(dashboard))]
  const { uid } = dashboard
  const own = `${object.metadata.name}: ${path}`
  const other = typeof uid === 'string' ? uids.get(uid) : undefined
  if (typeof uid === 'string' && other === undefined) uids.set(uid, own)
  const problem = typeof uid !== 'string' || uid === '' ? 'none' : other === undefined ? undefined : `that of ${other}`
  return [
    ...(problem === undefined ? [] : [sourceTree['dashboard-uid'](at('uid'), problem)]),
    ...fixedDatasources(dashboard).map(({ where, found }) => sourceTree['fixed-datasource'](at(...where), found)),
  ]
}

function parsed(text: string): Fields | Error {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : new Error('expected an object')
  } catch (cause) {
    return cause as Error
  }
}

/** The message without the text that JSON.parse quotes. */
const reasonOf = ({ message }: Error): string =>
  /position \d+(?: \(line \d+ column \d+\))?/.exec(message)?.[0] ?? message.split(',')[0] ?? ''

/** Names that mean the same in every Grafana. */
const EVERYWHERE = new Set(['-- Grafana --', '-- Mixed --', '-- Dashboard --', 'grafana'])

interface Place {
  where: (string | number)[]
  found: string
}

/** The variables of type datasource that a dashboard declares. */
function declaredVariables(dashboard: Fields): Set<string> {
  const variables = valueAt(dashboard, ['templating', 'list'])
  const declared = (Array.isArray(variables) ? variables : []).filter(
    (variable) => isFields(variable) && variable.type === 'datasource',
  )
  return new Set(declared.map(({ name }) => String(name)))
}

const VARIABLE = /^(?:\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\])$/

function isPortable(datasource: unknown, declared: ReadonlySet<string>): boolean {
  const name = isFields(datasource) ? datasource.uid : datasource
  if (typeof name !== 'string') return false
  const [, ...groups] = VARIABLE.exec(name) ?? []
  return EVERYWHERE.has(name) || groups.some((group) => group !== undefined && declared.has(group))
}

/** Every `datasource` that is neither a declared variable nor the same everywhere. A row queries nothing. */
function fixedDatasources(dashboard: Fields): Place[] {
  const declared = declaredVariables(dashboard)
  const found: Place[] = []
  const visit = (value: unknown, where: (string | number)[]): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...where, index])
    else if (isFields(value)) for (const [key, child] of Object.entries(value)) visitField(value, key, child, where)
  }
  const visitField = (owner: Fields, key: string, child: unknown, where: (string | number)[]): void => {
    const at = [...where, key]
    if (key !== 'datasource' || (child === null && owner.type === 'row')) visit(child, at)
    else if (!isPortable(child, declared)) found.push({ where: at, found: nameOf(child) })
  }
  visit(dashboard, [])
  return found
}

const nameOf = (datasource: unknown): string =>
  isFields(datasource) ? String(datasource.uid ?? datasource.type ?? 'no uid') : String(datasource)
