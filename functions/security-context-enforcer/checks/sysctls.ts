import { defineCheck } from './check.ts'

/** The sysctls that are namespaced and cannot harm other pods, with the first minor version that allows them. */
const SAFE: readonly [since: number, names: readonly string[]][] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
]

/**
 * sysctls, baseline: the pod sets safe sysctls only.
 *
 * Refused: without its tuning a workload degrades silently.
 */
export const sysctls = defineCheck({
  name: 'sysctls',
  allows: 'pods set unsafe sysctls',
  verdict: 'refuse',
  means: 'A pod sets a sysctl that is not on the list of safe ones.',
  why: 'An unsafe sysctl can disturb other pods of the node, and the kubelet rejects the pod unless the node allows it.',
  fix: 'Set it on the node, or give a reason in exceptions.<workload>.sysctls and run the pod on nodes that allow it.',
  forms: [
    {
      level: 'baseline',
      *violations(pod) {
        for (const [index, { name }] of (pod.securityContext.sysctls ?? []).entries())
          if (!isSafe(name ?? '', pod.minor))
            yield {
              path: [...pod.path, 'sysctls', index, 'name'],
              found: name,
              expected: 'a safe sysctl',
              advice: 'set it on the node, or run the pod on nodes that allow it',
            }
      },
    },
  ],
})

const isSafe = (name: string, minor: number): boolean =>
  SAFE.some(([since, names]) => minor >= since && names.includes(name))
