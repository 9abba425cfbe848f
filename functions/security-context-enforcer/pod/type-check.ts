import type { PodTemplate } from '../../lib/kubernetes/pod-template.ts'
import { OS } from '../../lib/kubernetes/pod-traits.ts'
import { CONTAINER } from '../../lib/kubernetes/schemas.ts'
import { type Mistyped, type Shape, typeErrors } from '../../lib/kubernetes/type-check.ts'
import { profileAnnotations } from './view.ts'

const PROFILE = { type: 'string', localhostProfile: 'string' } as const
const SECURITY_CONTEXT = {
  privileged: 'boolean',
  allowPrivilegeEscalation: 'boolean',
  capabilities: { add: ['string'], drop: ['string'] },
  readOnlyRootFilesystem: 'boolean',
  runAsUser: 'integer',
  runAsNonRoot: 'boolean',
  seccompProfile: PROFILE,
  appArmorProfile: PROFILE,
  procMount: 'string',
  seLinuxOptions: { user: 'string', role: 'string', type: 'string', level: 'string' },
  sysctls: [{ name: 'string' }],
  windowsOptions: { hostProcess: 'boolean', runAsUserName: 'string' },
  fsGroup: 'integer',
  fsGroupChangePolicy: 'string',
} as const
export const CONTAINERS_SHAPE: Shape = [{ ...CONTAINER, securityContext: SECURITY_CONTEXT }]
export const SECURITY_CONTEXT_SHAPE: Shape = SECURITY_CONTEXT
const FILES = { defaultMode: 'integer', items: [{ mode: 'integer' }] } as const
export const VOLUMES_SHAPE: Shape = [
  {
    name: 'string',
    configMap: FILES,
    secret: FILES,
    downwardAPI: FILES,
    projected: { defaultMode: 'integer', sources: [{ configMap: FILES, secret: FILES, downwardAPI: FILES }] },
  },
]
const POD_SHAPE: Shape = {
  hostNetwork: 'boolean',
  hostPID: 'boolean',
  hostIPC: 'boolean',
  hostUsers: 'boolean',
  os: { name: 'string' },
  nodeSelector: { [OS]: 'string' },
  serviceAccountName: 'string',
  automountServiceAccountToken: 'boolean',
  securityContext: SECURITY_CONTEXT,
  volumes: VOLUMES_SHAPE,
  initContainers: CONTAINERS_SHAPE,
  containers: CONTAINERS_SHAPE,
  ephemeralContainers: CONTAINERS_SHAPE,
}

/** The type errors of a pod template. */
export function templateTypeErrors(template: PodTemplate): Mistyped[] {
  const annotations = Object.entries(profileAnnotations(template.metadata?.annotations)).flatMap(([key, value]) =>
    typeErrors(value, 'string', [...template.path, 'metadata', 'annotations', key]),
  )
  return [...annotations, ...typeErrors(template.spec, POD_SHAPE, [...template.path, 'spec'])]
}
