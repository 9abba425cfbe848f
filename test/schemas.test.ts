import type { KubernetesObject } from '../functions/lib/kubernetes/objects.ts'
import { schemaError, unknownFields } from './support/schemas.ts'

// The checks that the stacks pass must be able to fail.
const deployment = (container: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: { selector: {}, template: { spec: { containers: [container] } } },
})
const sidecar = (spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Sidecar',
  metadata: { name: 'a' },
  spec,
})

test('a value of the wrong type is refused by the schema', () => {
  expect(schemaError(deployment({ name: 'c', image: 'nginx' }))).toBeUndefined()
  expect(schemaError(deployment({ name: 'c', securityContext: { runAsUser: 'root' } }))).toMatch(
    /^Deployment a: .*runAsUser/,
  )
  expect(schemaError(sidecar({ egress: [{ hosts: ['./*'], captureMode: 'SOMETIMES' }] }))).toMatch(
    /^Sidecar a: .*captureMode/,
  )
})

test('a field that the API does not know is refused by the types', () => {
  expect(unknownFields([deployment({ name: 'c', image: 'nginx' }), sidecar({ egress: [{ hosts: ['./*'] }] })])).toEqual(
    [],
  )
  expect(unknownFields([deployment({ name: 'c', imagee: 'nginx' }), sidecar({ egres: [] })])).toEqual([
    expect.stringMatching(/^Deployment a: .*imagee.* does not exist/),
    expect.stringMatching(/^Sidecar a: .*egres.* does not exist/),
  ])
})
