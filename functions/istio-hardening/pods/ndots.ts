import { isOff } from '../../lib/framework/config.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { ensureFields, ensureList, isKind } from '../../lib/kubernetes/objects.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { findings } from '../findings/index.ts'

/**
 * Pod option `dnsConfig.options` ndots, for every workload, in the mesh or not: a name with a dot is asked for as it is
 * first, not after one lookup per search domain. An ndots in the manifest stays unless policy names the workload.
 */
export function setNdots(workload: Workload, spec: IstioHardeningSpec): Finding[] {
  const named = overrideFor(spec.workloads, workload)?.ndots
  const ndots = named ?? spec.ndots
  if (isOff(ndots)) return []
  const dnsConfig = ensureFields(workload.template.spec, 'dnsConfig')
  const options = ensureList<{ name?: string; value?: string }>(dnsConfig, 'options')
  const present = options.find(({ name }) => name === 'ndots')
  if (!present) options.push({ name: 'ndots', value: String(ndots) })
  else if (named !== undefined) present.value = String(ndots)
  return isKind(workload.object, 'serving.knative.dev', 'Service') ? [knativeFlag(workload)] : []
}

/** Source: https://knative.dev/docs/serving/configuration/feature-flags/: off unless the operator of Knative turns it on. */
const knativeFlag = ({ object, name }: Workload): Finding => findings['knative-dns-config']({ object }, name)
