import { listAt } from '../../lib/kubernetes/fields.ts'
import { isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { isSet } from './security-context.ts'
import type { ContainerView } from './view.ts'

// Rule: a device in a container belongs to the owner that it has on the node, usually root and a group such as render or
// disk, unless the runtime is set up to give it to the container's user. fsGroup does not change that.
// Source: https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/

/** Resources of Kubernetes itself, and of plugins whose devices every user may open. */
const NO_DEVICE_OF_ROOT = /(?:^|\.)kubernetes\.io$|^nvidia\.com$/

/** The devices that a container asks for, as messages call them. */
export const devicesOf = ({ fields }: ContainerView): string[] => [
  ...Object.entries(limitsOf(fields))
    .filter(([name, amount]) => isOfPlugin(name) && isSet(amount))
    .map(([name]) => name),
  ...listAt(fields, 'resources', 'claims').map(({ name }) => `claim ${name}`),
  ...listAt(fields, 'volumeDevices').map(({ name }) => `block volume ${name}`),
]

function limitsOf(fields: ContainerView['fields']): Readonly<Record<string, unknown>> {
  const limits = valueAt(fields, ['resources', 'limits'])
  return isFields(limits) ? limits : {}
}

/** A resource of a device plugin has the domain of its vendor: `amd.com/gpu`. */
function isOfPlugin(resource: string): boolean {
  const [domain = '', ...rest] = resource.split('/')
  return rest.length > 0 && !NO_DEVICE_OF_ROOT.test(domain)
}
