import type { Finding } from '../framework/finding.ts'
import { valueAt } from '../kubernetes/objects.ts'
import { type Service, serviceHost } from '../kubernetes/service.ts'
import { findings } from './findings.ts'
import { about, type Flow } from './flow.ts'
import { isTcp } from './port.ts'

/** `store.data.svc.cluster.local`, as an ExternalName names a Service of the cluster. */
const IN_CLUSTER = /^(?<name>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?$/

/**
 * A Service that no selector binds to pods.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors and #externalname
 */
export function unboundService(flow: Flow, { object, name, namespace, selector }: Service): Finding | undefined {
  const host = valueAt(object, ['spec', 'externalName'])
  const isName = valueAt(object, ['spec', 'type']) === 'ExternalName' && typeof host === 'string'
  if (!isName && Object.keys(selector ?? {}).length > 0) return undefined
  const suffix = flow.protocol && !isTcp(flow) ? `/${flow.protocol.toLowerCase()}` : ''
  const port = `${flow.port}${suffix}`
  const place = `${namespace}/${serviceHost(name, namespace)}`
  const details = { ...about(flow), object }
  if (!isName) {
    const what = 'has no selector, because something else lists its endpoints'
    return findings['service-without-pods'](
      details,
      flow.key,
      place,
      what,
      `flow external/ADDRESS:${port} for each of them`,
    )
  }
  const inCluster = IN_CLUSTER.exec(host)?.groups
  const target = inCluster ? `${inCluster.namespace}/${inCluster.name}` : `external/${host.replace(/\.$/, '')}`
  const what = `is another name for ${host} (ExternalName)`
  return findings['service-without-pods'](details, flow.key, place, what, `flow ${target}:${port}`)
}
