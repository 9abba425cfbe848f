import fc from '../../../support/fast-check.ts'
import { mostly, oneOf, several, someOf } from './arbitraries.ts'

// Each field is there now and then, and now and then holds what a level forbids.

export const flag = oneOf(true, false, null)
const profile = (localhostProfile: string) =>
  oneOf({ type: 'RuntimeDefault' }, { type: 'Localhost', localhostProfile }, { type: 'Unconfined' }, null)
const LEVELLED = {
  runAsUser: oneOf(1000, 1000, 0, null),
  runAsNonRoot: flag,
  seccompProfile: profile('profiles/cart.json'),
  appArmorProfile: profile('cart'),
}
const seLinuxOptions = oneOf(
  { type: 'container_t', level: 's0:c1,c2' },
  { type: 'container_engine_t' },
  { user: 'system_u', role: 'system_r' },
  { type: 'spc_t' },
  { role: 'object_r' },
)
const sysctl = oneOf('net.ipv4.tcp_syncookies', 'kernel.shm_rmid_forced', 'net.ipv4.tcp_rmem', 'net.core.somaxconn')
const capability = oneOf('NET_BIND_SERVICE', 'NET_BIND_SERVICE', 'CHOWN', 'SYS_ADMIN', 'CAP_SYS_ADMIN', 'kill')

/** The securityContext of a pod on Linux. */
export const podContext = someOf(3, {
  ...LEVELLED,
  fsGroup: oneOf(1000),
  seLinuxOptions: mostly({}, { type: 'spc_t' }, { user: 'system_u' }),
  sysctls: several(sysctl, 1).map((names) => names.map((name) => ({ name, value: '1' }))),
})
/** The securityContext of a container on Linux. */
export const containerContext = someOf(3, {
  ...LEVELLED,
  seLinuxOptions: fc.option(seLinuxOptions, { freq: 2 }),
  allowPrivilegeEscalation: flag,
  readOnlyRootFilesystem: flag,
  privileged: mostly(false, true),
  procMount: oneOf('Default', 'Unmasked'),
  capabilities: someOf(2, { add: several(capability), drop: oneOf(['ALL'], ['all'], [], ['NET_RAW', 'ALL']) }),
})
