import { GATEWAY_NAME } from '../../lib/flows/gateways.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { selects } from '../../lib/kubernetes/selector.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import { WAYPOINT } from '../subjects/gateway-pods.ts'
import { TUNNEL } from '../traffic/endpoints.ts'

/**
 * Gateways of the Gateway API whose pods a controller makes in a denied namespace, and whom nobody may call: no object says
 * whether the world or one network does. A waypoint is called by the pods whose traffic it carries.
 */
export function gatewaysWithoutCallers({ objects, flows, scope, spec, topology }: Build): Finding[] {
  if (spec.gateways?.gatewayApi) return []
  return objects
    .filter((object) => isKind(object, 'gateway.networking.k8s.io', 'Gateway'))
    .flatMap((gateway) => {
      const { name, namespace = '' } = gateway.metadata
      const labels = { [GATEWAY_NAME]: name }
      const isCalled = flows.some(({ callees }) =>
        callees.some((callee) => callee.namespace === namespace && selects(labels, callee.labels ?? {})),
      )
      if (isCalled || !scope.denied.includes(namespace) || topology.workloadsWith(namespace, labels).length > 0)
        return []
      const selector = `selector: ${JSON.stringify(labels)}`
      const gatewayClass = valueAt(gateway, ['spec', 'gatewayClassName'])
      if (gatewayClass === WAYPOINT) {
        const caller = JSON.stringify({ namespace, labels })
        const flow = `flow ${namespace}/${name}:${TUNNEL.port} with ${selector}`
        return [findings['waypoint-cut-off']({ object: gateway }, flow, caller)]
      }
      const ports = portsOf(gateway).map((port) => `flow ${namespace}/${name}:${port}`)
      return [findings['gateway-without-callers']({ object: gateway }, ports.join(' and '), selector)]
    })
}

function portsOf(gateway: KubernetesObject): number[] {
  const listeners = valueAt(gateway, ['spec', 'listeners'])
  const ports = (Array.isArray(listeners) ? listeners : []).map((listener) => valueAt(listener, ['port']))
  return [...new Set(ports)].filter((port) => typeof port === 'number')
}
