import type { Finding } from '../../lib/framework/finding.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Build, countOf } from '../build/build.ts'
import { type Scalable, wholeNumber } from '../build/scalable.ts'
import { readToml } from '../derive/toml-text.ts'
import { findings } from '../findings/index.ts'

// Rule, for every TidbCluster, whoever wrote it: outside of `environment: dev` there are at least three TiKV, because each
// region is a Raft group; and PD is told of no more copies than there are TiKV to hold them.

const LEAST = 3

export const checkTidb = (build: Build): Finding[] =>
  build.scalables
    .filter(({ object, path }) => isKind(object, 'pingcap.com', 'TidbCluster') && path[1] === 'tikv')
    .flatMap((tikv) => [...checkLeast(build, tikv), ...checkCopies(build, tikv)])

function checkLeast(build: Build, tikv: Scalable): Finding[] {
  const { value: n } = countOf(build, tikv)
  const { environment } = build.spec
  if (n === undefined || n >= LEAST || environment === 'dev') return []
  return [
    findings['too-few-tikv'](
      { object: tikv.object, field: { path: tikv.path.join('.'), currentValue: n, proposedValue: LEAST } },
      n,
      LEAST,
      environment,
    ),
  ]
}

const PD_CONFIG = ['spec', 'pd', 'config']
const MAX_REPLICAS = ['replication', 'max-replicas']

function checkCopies(build: Build, tikv: Scalable): Finding[] {
  const copies = wholeNumber(maxReplicas(tikv.object))
  const { value: n, text } = countOf(build, tikv)
  if (copies === undefined || n === undefined || copies <= n) return []
  const field = { path: [...PD_CONFIG, ...MAX_REPLICAS].join('.'), currentValue: copies }
  return [findings['copies-above-tikv']({ object: tikv.object, field }, copies, text, n)]
}

function maxReplicas(object: KubernetesObject): unknown {
  const config = valueAt(object, PD_CONFIG)
  return typeof config === 'string' ? readToml(config, MAX_REPLICAS) : valueAt(config, MAX_REPLICAS)
}
