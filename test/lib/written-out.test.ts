import { requireWrittenOut } from '../../functions/lib/framework/written-out.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const object = (apiVersion: string, kind: string, body: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'cart', namespace: 'shop' },
  ...body,
})
const template = (body: object) => ({ spec: { template: { spec: { containers: [{ name: 'app', ...body }] } } } })
const context = 'spec.template.spec.containers[0].securityContext'

/** The fields that are refused; empty if all are accepted. */
function refused(...objects: KubernetesObject[]): (string | undefined)[] {
  try {
    requireWrittenOut(objects)
    return []
  } catch (cause) {
    return (cause as { findings: { id: string; field?: { path: string } }[] }).findings.map(({ id, field }) => {
      expect(id).toBe('objects/placeholder')
      return field?.path
    })
  }
}

test.each<[string, KubernetesObject, string[]]>([
  ['a kind', object('v1', '${KIND:=Pod}'), ['kind']],
  ['a part of a kind', object('apps/v1', 'Daemon${KIND:=Set}'), ['kind']],
  ['a group', object('${GROUP}/v1', 'Deployment'), ['apiVersion']],
  [
    'a key of a container',
    object('apps/v1', 'Deployment', template({ securityContext: { '${KEY:=privileged}': true } })),
    [`${context}["\${KEY:=privileged}"]`],
  ],
  ['a part of a key', object('v1', 'Pod', { spec: { 'host${KEY:=Network}': true } }), ['spec["host${KEY:=Network}"]']],
  ['a key of the object', object('batch/v1', 'CronJob', { '${KEY:=spec}': {} }), ['["${KEY:=spec}"]']],
  [
    'the name of an annotation of pods',
    object('v1', 'Pod', { metadata: { name: 'cart', annotations: { 'a/${NAME}': 'unconfined' } } }),
    ['metadata.annotations["a/${NAME}"]'],
  ],
  [
    'a label of a Namespace',
    object('v1', 'Namespace', { metadata: { name: 'shop', labels: { '${KEY}': 'privileged' } } }),
    ['metadata.labels["${KEY}"]'],
  ],
  [
    'a key of what an operator makes pods of',
    object('kafka.strimzi.io/v1beta2', 'Kafka', { spec: { kafka: { '${KEY:=template}': {} } } }),
    ['spec.kafka["${KEY:=template}"]'],
  ],
])('%s that a substitution decides is refused', (_, refusedObject, fields) => {
  expect(refused(refusedObject)).toEqual(fields)
})

test('a placeholder as a value, or as a key of data, is left alone', () => {
  expect(
    refused(
      object('apps/v1', 'Deployment', template({ image: '${IMAGE}' })),
      object('v1', 'ConfigMap', { data: { '${FILE}': 'a' } }),
      object('example.com/v1', 'Widget', { spec: { '${KEY}': 1 } }),
    ),
  ).toEqual([])
})
