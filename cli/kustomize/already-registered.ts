/** What Kustomize says of two builds that generate one object. */
const SAME_ENTRY = /already registered id: ServiceEntry\.\S+?\.networking\.istio\.io\/(\S+?)\.([a-z0-9-]+)(?=['"\s]|$)/g

/** Why builds that register one host in one namespace do not build together. */
export const registeredByTwoBuilds = (stderr: string): string[] =>
  [...stderr.matchAll(SAME_ENTRY)].map(
    ([, host = '', namespace = '']) =>
      `two builds register ${host} in namespace ${namespace}, each by a ServiceEntry of its own; set istio.serviceEntries["${host}"]: off in the policy of one, and name every port of the host in flows of the other`,
  )
