import type { Found } from '../../../cli/init/found.ts'
import { propose } from '../../../cli/init/propose.ts'
import { objectsOf } from '../../support/stacks.ts'

// A cart and its store. Each test adds the manifest that says that one calls the other.
export const workload = (name: string, pod: string, labels = `app: ${name}`): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}}
    spec: ${pod}
---`
export const service = (name: string, ports: string, more = ''): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: ${ports}${more}}
---`
export const pod = (more = ''): string => `{containers: [{name: main, image: example/main:1.0${more}}]}`
export const STORE = workload('store', pod()) + service('store', '[{name: tcp-store, port: 7000, targetPort: 7001}]')
export const RING = workload('ring', pod()) + service('ring', '[{port: 80}, {name: grpc, port: 9095}]')

export const found = (yaml: string): Promise<Found> => propose(objectsOf(yaml))
/** `key < caller`, with `?` before a guess. */
export const flows = async (yaml: string): Promise<string[]> =>
  (await found(yaml)).flows.flatMap(({ key, service: by, callers }) =>
    callers.map(
      ({ caller, certain }) =>
        `${certain ? '' : '? '}${key}${by ? ` by ${by}` : ''} < ${typeof caller === 'string' ? caller : JSON.stringify(caller)}`,
    ),
  )
export const cart = (more: string): string => workload('cart', pod(`, ${more}`))
export const env = (value: string): string => cart(`env: [{name: URL, value: "${value}"}]`)
export const CART = '{"namespace":"shop","labels":{"app":"cart"}}'
