import { foreignPodsIn, isForeignType } from '../../functions/lib/kubernetes/foreign-pods.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'x', image: 'example/x:1' }] } }
const of = (spec: unknown, apiVersion = 'example.com/v1'): KubernetesObject => ({
  apiVersion,
  kind: 'Thing',
  metadata: { name: 'x' },
  spec,
})
const paths = (spec: unknown): string[] => foreignPodsIn(of(spec)).map(({ path }) => path.join('.'))

describe('pod templates of kinds that no table knows', () => {
  test.each<[string, unknown, string[]]>([
    ['a CloneSet', { template: TEMPLATE }, ['spec.template']],
    ['a Job of Volcano', { tasks: [{ template: TEMPLATE }] }, ['spec.tasks.0.template']],
    [
      'a JobSet',
      { replicatedJobs: [{ template: { spec: { template: TEMPLATE } } }] },
      ['spec.replicatedJobs.0.template.spec.template'],
    ],
    [
      'a LeaderWorkerSet',
      { leaderWorkerTemplate: { leaderTemplate: TEMPLATE, workerTemplate: TEMPLATE } },
      ['spec.leaderWorkerTemplate.leaderTemplate', 'spec.leaderWorkerTemplate.workerTemplate'],
    ],
    [
      'a PyTorchJob',
      { pytorchReplicaSpecs: { Master: { template: TEMPLATE }, Worker: { template: TEMPLATE } } },
      ['spec.pytorchReplicaSpecs.Master.template', 'spec.pytorchReplicaSpecs.Worker.template'],
    ],
    [
      'a manifest for another cluster',
      { workload: { manifests: [{ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: TEMPLATE } }] } },
      [],
    ],
    [
      'containers without images, which only change others',
      { template: { spec: { containers: [{ name: 'x' }] } } },
      [],
    ],
    ['a map of containers', { template: { spec: { containers: { x: { image: 'example/x:1' } } } } }, []],
    ['nothing', undefined, []],
  ])('%s', (_, spec, expected) => {
    expect(paths(spec)).toEqual(expected)
  })

  test('have the labels that they give to pods', () => {
    expect(foreignPodsIn(of({ template: TEMPLATE }))).toMatchObject([{ labels: { app: 'x' } }])
    expect(foreignPodsIn(of({ template: { spec: TEMPLATE.spec } }))).toMatchObject([{ labels: {} }])
  })
})

test.each([
  ['apps.kruise.io/v1alpha1', 'CloneSet', true],
  ['batch.volcano.sh/v1alpha1', 'Job', true],
  ['jobset.x-k8s.io/v1alpha2', 'JobSet', true],
  ['leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', true],
  ['apps/v1', 'Deployment', false],
  ['argoproj.io/v1alpha1', 'Rollout', false],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', false],
  ['kyverno.io/v1', 'ClusterPolicy', false],
  ['constraints.gatekeeper.sh/v1beta1', 'K8sRequiredLabels', false],
  ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', false],
  ['v1', 'ConfigMap', false],
])('%s %s is foreign: %s', (apiVersion, kind, expected) => {
  expect(isForeignType({ apiVersion, kind })).toBe(expected)
})
