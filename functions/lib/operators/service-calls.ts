import type { RuntimePods } from './operator.ts'

type Call = NonNullable<RuntimePods['calls']>[number]

const STANDARD: Readonly<Record<string, number>> = { http: 80, https: 443 }
const ADDRESS = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/@]*@)?([a-z0-9.-]+?)\.?(?::(\d+))?(?:[/?#].*)?$/i
const SERVICE = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.[a-z0-9.-]+)?)?)?$/

/**
 * The Service that a URL, or a host with a port, names: of the given namespace unless it says another. None for hosts that
 * are no Services, and where neither the text nor its scheme nor `standard` gives a port.
 */
export function callTo(text: unknown, namespace: string | undefined, standard?: number): Call[] {
  if (typeof text !== 'string') return []
  const [, scheme = '', host = '', written] = ADDRESS.exec(text.trim()) ?? []
  const port = written === undefined ? (standard ?? STANDARD[scheme]) : Number(written)
  const [, service, elsewhere] = SERVICE.exec(host) ?? []
  return service && port !== undefined ? [{ namespace: elsewhere ?? namespace ?? '', service, port }] : []
}
