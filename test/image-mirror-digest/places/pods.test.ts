import { describe, expect, test } from '@jest/globals'
import { setMeta } from '../../../functions/lib/kubernetes/objects.ts'
import { found, IMAGE, object, places, podSpec } from './lib.ts'

describe('pod specs', () => {
  test.each([
    ['v1', 'Pod', { spec: podSpec() }, 'spec'],
    ['v1', 'PodTemplate', { template: { spec: podSpec() } }, 'template.spec'],
    ['v1', 'ReplicationController', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'Deployment', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'StatefulSet', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'DaemonSet', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'ReplicaSet', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['batch/v1', 'Job', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    [
      'batch/v1',
      'CronJob',
      { spec: { jobTemplate: { spec: { template: { spec: podSpec() } } } } },
      'spec.jobTemplate.spec.template.spec',
    ],
    ['serving.knative.dev/v1', 'Service', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['argoproj.io/v1alpha1', 'Rollout', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
  ])('%s %s', async (apiVersion, kind, body, path) => {
    expect(await found(object(apiVersion, kind, body))).toEqual([`${path}.containers[0].image ${IMAGE}`])
  })

  test('a Job of another group is not a Job', async () => {
    expect(await found(object('batch.example.com/v1', 'Job', { spec: { template: { spec: podSpec() } } }))).toEqual([])
  })

  test('every container list, and image volumes', async () => {
    const pod = object('v1', 'Pod', {
      spec: {
        initContainers: [
          { name: 'i', image: 'init:1' },
          { name: 's', image: 'sidecar:1', restartPolicy: 'Always' },
        ],
        containers: [{ name: 'c', image: 'main:1' }, { name: 'patched-in-later' }],
        ephemeralContainers: [{ name: 'e', image: 'debug:1' }],
        volumes: [
          { name: 'empty', emptyDir: {} },
          { name: 'model', image: { reference: 'model:1' } },
        ],
      },
    })
    expect(await found(pod)).toEqual([
      'spec.initContainers[0].image init:1',
      'spec.initContainers[1].image sidecar:1',
      'spec.containers[0].image main:1',
      'spec.ephemeralContainers[0].image debug:1',
      'spec.volumes[1].image.reference model:1',
    ])
  })

  test('auto is an image like any other, unless Istio replaces it with its proxy', async () => {
    const gateway = object('v1', 'Pod', { spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } })
    expect(await found(gateway)).toEqual(['spec.containers[0].image auto'])
    setMeta(gateway, 'annotations', 'inject.istio.io/templates', 'gateway')
    expect(await found(gateway)).toEqual([expect.stringContaining('left to the injector of Istio')])
    expect(await places.imagesOf(gateway)).toMatchObject([{ field: { currentValue: 'auto' } }])
    const containers = [
      { name: 'istio-proxy', image: 'proxy:1' },
      { name: 'other', image: 'auto' },
    ]
    expect(await found({ ...gateway, spec: { containers } })).toEqual([
      'spec.containers[0].image proxy:1',
      'spec.containers[1].image auto',
    ])
    const template = object('apps/v1', 'Deployment', {
      spec: { template: { spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } } },
    })
    expect(await found(template)).toEqual(['spec.template.spec.containers[0].image auto'])
  })
})
