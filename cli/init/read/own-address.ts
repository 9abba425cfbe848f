import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { namesOwnAddress } from '../texts/names.ts'

/** `GITEA_HOST` and `NOTIFY_BASE_URL`: whose address it is, and what it is called. */
const SETTING = /^([\w.-]+?)[_.-]+((?:base|root|site)_?url|host|hostname|domain|url|uri)$/i
/** What deployments add to the name of their program. */
const ADDED = /-(?:server|web|app|main|api|ngx|deployment)$/
const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/**
 * Does a setting tell a program how others reach it from outside? By its name, or because it is called like the program.
 * A `URL` of that name may be another's, unless its host is called like the program too.
 */
export function isOwnAddress(setting: string, host: string, { name, template }: Workload): boolean {
  if (namesOwnAddress(setting)) return true
  const [, prefix = '', kind = ''] = SETTING.exec(setting) ?? []
  const names = [name, name.replace(ADDED, ''), ...template.spec.containers.map((container) => container.name)]
  if (prefix === '' || !names.some((one) => plain(one) === plain(prefix))) return false
  const label = plain(host.split('.')[0] ?? '')
  return !/^ur[li]$/i.test(kind) || plain(prefix).startsWith(label) || label.startsWith(plain(prefix))
}
