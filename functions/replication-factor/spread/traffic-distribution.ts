import { isOff } from '../../lib/framework/config.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { type Fields, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Build } from '../build/build.ts'

// Rule: every Service that is not headless prefers endpoints nearby: trafficDistribution PreferClose. The value of a
// manifest stays, unless the policy names the Service. A headless Service has no virtual address, and an ExternalName has
// no endpoints: they get it only where the policy names them.

export function distributeTraffic({ spec, topology }: Build): Finding[] {
  for (const { object, name, headless } of topology.services) {
    const own = Object.hasOwn(spec.services, name) ? spec.services[name]?.trafficDistribution : undefined
    const service = object.spec as Fields | undefined
    if (!service || isOff(own)) continue
    const hasNone = headless || valueAt(object, ['spec', 'type']) === 'ExternalName'
    const general = isOff(spec.trafficDistribution) || hasNone ? undefined : spec.trafficDistribution
    const wanted = own ?? service.trafficDistribution ?? general
    if (wanted !== undefined && service.trafficDistribution !== wanted) service.trafficDistribution = wanted
  }
  return []
}
