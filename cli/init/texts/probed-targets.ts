import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import type { Fields } from '../../../functions/lib/kubernetes/objects.ts'

/**
 * The prober that calls the targets of a job of Prometheus: the job hands each target over as a parameter, and scrapes the
 * prober in its place. Source: https://github.com/prometheus/blackbox_exporter#prometheus-configuration
 */
export function probedIn(job: Fields): string | undefined {
  const rules = listAt(job, 'relabel_configs')
  if (!rules.some(({ target_label }) => target_label === '__param_target')) return undefined
  const address = rules.find(({ target_label }) => target_label === '__address__')?.replacement
  return typeof address === 'string' ? address : undefined
}
