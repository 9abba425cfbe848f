import { error, type Finding } from '../../lib/framework/finding.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Build, countOf } from '../build.ts'
import { readToml } from '../derive/toml-text.ts'
import { type Scalable, wholeNumber } from '../replicas/scalable.ts'

// Rule, for every TidbCluster, whoever wrote it: outside of `environment: dev` there are at least three TiKV, since each
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
    error(
      `found ${n} TiKV, expected at least ${LEAST} in environment ${environment}: of ${LEAST} copies floor(${LEAST} / 2) + 1 = 2 must agree, and ${n} < ${LEAST}; raise it, or say environment: dev`,
      { object: tikv.object, field: { path: tikv.path.join('.'), currentValue: n, proposedValue: LEAST } },
    ),
  ]
}

const PD_CONFIG = ['spec', 'pd', 'config']
const MAX_REPLICAS = ['replication', 'max-replicas']

function checkCopies(build: Build, tikv: Scalable): Finding[] {
  const copies = wholeNumber(maxReplicas(tikv.object))
  const { value: n, text } = countOf(build, tikv)
  if (copies === undefined || n === undefined || copies <= n) return []
  return [
    error(`max-replicas ${copies} > ${text}: each copy of a region needs a TiKV of its own; expected at most ${n}`, {
      object: tikv.object,
      field: { path: [...PD_CONFIG, ...MAX_REPLICAS].join('.'), currentValue: copies },
    }),
  ]
}

function maxReplicas(object: KubernetesObject): unknown {
  const config = valueAt(object, PD_CONFIG)
  return typeof config === 'string' ? readToml(config, MAX_REPLICAS) : valueAt(config, MAX_REPLICAS)
}
