import type { Fields, KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import fc from '../../../support/fast-check.ts'
import { mostly, oneOf, several, someOf } from './arbitraries.ts'
import { containerContext, flag, podContext } from './security-contexts.ts'

const host = mostly('', '127.0.0.1')
const handler = fc.oneof(
  fc.record({ httpGet: fc.record({ port: oneOf(80), host }) }),
  fc.record({ tcpSocket: fc.record({ port: oneOf(80), host }) }),
)
const port = someOf(2, { hostPort: mostly(0, 80), protocol: oneOf('TCP', 'UDP', 'SCTP') })
const containers = (name: string, more: Record<string, fc.Arbitrary<unknown>>) => (context: fc.Arbitrary<unknown>) =>
  fc
    .array(someOf(3, { ...more, securityContext: fc.oneof(context, context, oneOf(null)) }), {
      minLength: 1,
      maxLength: 2,
    })
    .map((list) =>
      list.map((fields, index) => ({ ...fields, name: `${name}-${index}`, image: 'registry.example.com/cart' })),
    )
const app = containers('app', {
  ports: port.map((fields) => [{ ...fields, containerPort: 80 }]),
  livenessProbe: handler,
  lifecycle: fc.record({ preStop: handler }),
})
const init = containers('init', { restartPolicy: oneOf('Always') })

const volume = mostly(
  { emptyDir: {} },
  {},
  { image: { reference: 'cart' } },
  { csi: { driver: 'csi.example.com' } },
  { persistentVolumeClaim: { claimName: 'cart' } },
  { hostPath: { path: '/var/lib/cart' } },
  { nfs: { server: 'nfs.example.com', path: '/' } },
)
const annotations = someOf(8, {
  'container.apparmor.security.beta.kubernetes.io/app-0': oneOf('unconfined', 'runtime/default', 'localhost/cart'),
  'seccomp.security.alpha.kubernetes.io/pod': oneOf('unconfined', 'runtime/default', 'localhost/profiles/cart.json'),
  'container.seccomp.security.alpha.kubernetes.io/app-0': oneOf('unconfined', 'runtime/default'),
})
const spec = (context: fc.Arbitrary<unknown>, pod: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .tuple(
      app(context),
      someOf(3, {
        ...pod,
        initContainers: init(context),
        volumes: several(volume, 1).map((sources) =>
          sources.map((source) => ({ name: 'data', ...(source as Fields) })),
        ),
        hostNetwork: mostly(false, true),
        automountServiceAccountToken: flag,
      }),
    )
    .map(([list, fields]) => ({ ...fields, containers: list }))
const linux = spec(containerContext, {
  securityContext: podContext,
  hostUsers: oneOf(true, false, false),
  hostPID: mostly(false, true),
  hostIPC: mostly(false, true),
  nodeSelector: oneOf({ 'kubernetes.io/os': 'linux' }, { 'kubernetes.io/os': 'windows' }),
})
const windows = spec(someOf(2, { runAsNonRoot: flag }), { securityContext: someOf(2, { runAsNonRoot: flag }) }).map(
  (fields) => ({ ...fields, os: { name: 'windows' } }),
)

/** Pods as people write them: the API accepts most of them, admission does not. */
export const pods: fc.Arbitrary<KubernetesObject> = fc
  .tuple(fc.oneof({ weight: 9, arbitrary: linux }, windows), annotations)
  .map(([fields, written]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart', namespace: 'shop', annotations: written as Record<string, string> },
    spec: fields,
  }))
