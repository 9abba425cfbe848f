import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import {
  replicaOf,
  type ServicePort,
  serviceHost,
  servicePortFor,
  servicesOf,
  targetPortNumber,
} from '../../functions/lib/kubernetes/service.ts'
import { type Workload, workloadOf } from '../../functions/lib/kubernetes/workload.ts'

const cart = workloadOf({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    template: {
      spec: {
        initContainers: [
          { name: 'proxy', image: 'proxy', restartPolicy: 'Always', ports: [{ name: 'admin', containerPort: 9901 }] },
          { name: 'setup', image: 'setup', ports: [{ name: 'setup', containerPort: 1 }] },
        ],
        containers: [
          { name: 'app', image: 'app', ports: [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }] },
          { name: 'other', image: 'other' },
        ],
      },
    },
  },
}) as Workload

const object = (spec: unknown, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind: 'Service',
  metadata: { name: 'cart', namespace: 'shop' },
  spec,
})
const service = (...ports: ServicePort[]) => {
  const [only] = servicesOf([object({ ports })])
  if (!only) throw new Error('no Service')
  return only
}

test('a Service has what flows need of it, whatever its manifest leaves out', () => {
  const selector = { app: 'cart' }
  const ports = [{ port: 80 }]
  const all = [object({ selector, ports, clusterIP: 'None' }), object({ selector: null, ports: null }), object({})]
  expect(servicesOf([...all, object({}, 'serving.knative.dev/v1'), { ...object({}), kind: 'Endpoints' }])).toEqual([
    { object: all[0], name: 'cart', namespace: 'shop', selector, ports, headless: true },
    { object: all[1], name: 'cart', namespace: 'shop', selector: undefined, ports: [], headless: false },
    { object: all[2], name: 'cart', namespace: 'shop', selector: undefined, ports: [], headless: false },
  ])
  expect(servicesOf([{ ...object({}), metadata: { name: 'cart' } }])).toMatchObject([{ namespace: '' }])
})

test('a Service that selects by the name of a pod is of that replica alone', () => {
  const [one, all, none] = servicesOf([
    object({ selector: { app: 'cart', 'statefulset.kubernetes.io/pod-name': 'cart-0' } }),
    object({ selector: { app: 'cart' } }),
    object({}),
  ])
  expect([one, all, none].map((each) => each && replicaOf(each))).toEqual(['cart-0', undefined, undefined])
})

test.each<[string, ServicePort, number | undefined]>([
  ['its own number, if no other is named', { port: 80 }, 80],
  ['the number that it targets', { port: 80, targetPort: 8080 }, 8080],
  ['the number of the port that it names', { port: 80, targetPort: 'http' }, 8080],
  ['the number that a native sidecar names', { port: 80, targetPort: 'admin' }, 9901],
  ['unknown, if only an init container names it, which has ended', { port: 80, targetPort: 'setup' }, undefined],
  ['unknown, if nothing names it', { port: 80, targetPort: 'grpc' }, undefined],
])('the port on the pod is %s', (_, port, number) => expect(targetPortNumber(port, cart)).toBe(number))

describe('the Service port that carries a port', () => {
  const named = { name: 'web', port: 80, targetPort: 'http' }
  const plain = { port: 9090 }
  const udp = { name: 'dns', port: 53, protocol: 'UDP' }
  const tcp = { name: 'dns-tcp', port: 53 }

  test.each<[string, string | number, string | undefined, ServicePort | undefined]>([
    ['by its name', 'web', undefined, named],
    ['by its number', 80, undefined, named],
    ['by the name of its target', 'http', undefined, named],
    ['by the number of its target', 8080, undefined, named],
    ['by the number of the pod, if it names no target', 9090, undefined, plain],
    ['of two protocols, the first', 53, undefined, udp],
    ['of the protocol that is asked for', 53, 'UDP', udp],
    ['of TCP, which is the default of a port', 53, 'TCP', tcp],
    ['none of another protocol', 'web', 'UDP', undefined],
    ['none of a name that nothing has', 'grpc', undefined, undefined],
    ['none of a number that nothing has', 81, undefined, undefined],
  ])('%s', (_, port, protocol, expected) => {
    expect(servicePortFor(service(named, plain, udp, tcp), port, cart, protocol)).toBe(expected)
  })

  test('is the one that has the name or number itself, before one that targets it', () => {
    const target = { name: 'a', port: 1, targetPort: 80 }
    const own = { name: 'b', port: 80, targetPort: 2 }
    expect(servicePortFor(service(target, own), 80, cart)).toBe(own)
  })

  test('is the one that targets it as it is written, before one that targets its number', () => {
    const number = { name: 'a', port: 1, targetPort: 8080 }
    const name = { name: 'b', port: 2, targetPort: 'http' }
    expect(servicePortFor(service(number, name), 'http', cart)).toBe(name)
  })
})

test('the host of a Service is its name in the cluster', () => {
  expect(serviceHost('cart', 'shop')).toBe('cart.shop.svc.cluster.local')
})
