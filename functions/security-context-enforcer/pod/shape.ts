import { type Fields, isFields } from '../../lib/kubernetes/object.ts'
import type { PodTemplate } from '../../lib/kubernetes/pod-template.ts'
import { isPlaceholder, isSet } from './security-context.ts'
import { type Path, type PodView, profileAnnotations, volumeViews } from './view.ts'

/** What the API decodes at a path: a scalar, a map with these fields, or a list. Fields that are not named are not looked at. */
export type Shape = 'boolean' | 'integer' | 'string' | { readonly [field: string]: Shape } | readonly [Shape]

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
  windowsOptions: { hostProcess: 'boolean' },
} as const
const HANDLER = { httpGet: { host: 'string' }, tcpSocket: { host: 'string' } } as const
const CONTAINER = {
  securityContext: SECURITY_CONTEXT,
  ports: [{ hostPort: 'integer' }],
  livenessProbe: HANDLER,
  readinessProbe: HANDLER,
  startupProbe: HANDLER,
  lifecycle: { postStart: HANDLER, preStop: HANDLER },
  volumeMounts: [{ name: 'string', mountPath: 'string' }],
} as const

export const CONTAINERS_SHAPE: Shape = [CONTAINER]
export const SECURITY_CONTEXT_SHAPE: Shape = SECURITY_CONTEXT
export const VOLUMES_SHAPE: Shape = [{ name: 'string' }]
const POD_SHAPE: Shape = {
  hostNetwork: 'boolean',
  hostPID: 'boolean',
  hostIPC: 'boolean',
  hostUsers: 'boolean',
  os: { name: 'string' },
  nodeSelector: { 'kubernetes.io/os': 'string' },
  serviceAccountName: 'string',
  automountServiceAccountToken: 'boolean',
  securityContext: SECURITY_CONTEXT,
  volumes: VOLUMES_SHAPE,
  initContainers: CONTAINERS_SHAPE,
  containers: CONTAINERS_SHAPE,
  ephemeralContainers: CONTAINERS_SHAPE,
}

export interface Mistyped {
  path: Path
  found: unknown
  expected: string
}

/**
 * Every value of another type than the API decodes: a quoted boolean is a string, which the API refuses, not a value
 * to be read as meant. Null is absent; a placeholder stands for a scalar of any type.
 */
export function typeErrors(value: unknown, shape: Shape, path: Path): Mistyped[] {
  const errors: Mistyped[] = []
  collect(value, shape, [...path], errors)
  return errors
}

/** Goes down with one path, which it copies only where something is wrong: builds have thousands of pods. */
function collect(value: unknown, shape: Shape, path: (string | number)[], errors: Mistyped[]): void {
  if (!isSet(value)) return
  const expected = expectation(value, shape)
  if (expected !== undefined) errors.push({ path: [...path], found: value, expected })
  else if (Array.isArray(value) && isList(shape))
    value.forEach((item, index) => {
      path.push(index)
      if (isSet(item)) collect(item, shape[0], path, errors)
      else errors.push({ path: [...path], found: item, expected: 'an item' })
      path.pop()
    })
  else if (isFields(value) && isMap(shape))
    for (const field in shape) {
      if (!Object.hasOwn(value, field)) continue
      path.push(field)
      collect(value[field], shape[field] as Shape, path, errors)
      path.pop()
    }
}

/** What should stand in place of the value, or undefined where it fits. */
function expectation(value: unknown, shape: Shape): string | undefined {
  if (isList(shape)) return Array.isArray(value) ? undefined : 'a list'
  if (isMap(shape)) return isFields(value) ? undefined : 'a map'
  return isScalar(value, shape) ? undefined : AN[shape]
}

/** The type errors of a pod template, and volumes of several sources, of which the API takes one. */
export function templateTypeErrors(template: PodTemplate): Mistyped[] {
  const spec = template.spec as unknown as Fields
  const specPath = [...template.path, 'spec']
  const annotations = Object.entries(profileAnnotations(template.metadata?.annotations)).flatMap(([key, value]) =>
    typeErrors(value, 'string', [...template.path, 'metadata', 'annotations', key]),
  )
  const errors = [...annotations, ...typeErrors(spec, POD_SHAPE, specPath)]
  return errors.length > 0 ? errors : severalSources(volumeViews(spec.volumes, [...specPath, 'volumes']))
}

const severalSources = (volumes: PodView['volumes']): Mistyped[] =>
  volumes.flatMap(({ fields, path }) => {
    const sources = Object.keys(fields).filter((key) => key !== 'name' && isSet(fields[key]))
    return sources.length > 1 ? [{ path, found: sources, expected: 'one source' }] : []
  })

const AN = { boolean: 'a boolean', integer: 'a whole number', string: 'a string' } as const

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape)

const isMap = (shape: Shape): shape is { readonly [field: string]: Shape } => isFields(shape)

function isScalar(value: unknown, type: 'boolean' | 'integer' | 'string'): boolean {
  if (isPlaceholder(value)) return true
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}
