import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { securityContextEnforcer } from '../../functions/security-context-enforcer/function.ts'

const reads = (apiVersion: string, kind: string, spec: Fields = {}, text = ''): boolean =>
  securityContextEnforcer.reads(parseConfig(securityContextEnforcer.schema, spec, 'spec'), { apiVersion, kind, text })

describe('the function reads', () => {
  test.each([
    ['apps/v1', 'Deployment'],
    ['batch/v1', 'CronJob'],
    ['serving.knative.dev/v1', 'Service'],
    ['v1', 'Namespace'],
    ['kafka.strimzi.io/v1beta2', 'Kafka'],
  ])('%s %s', (apiVersion, kind) => {
    expect(reads(apiVersion, kind)).toBe(true)
  })

  test('ServiceAccounts that say something of their token', () => {
    expect(reads('v1', 'ServiceAccount', {}, 'automountServiceAccountToken: false')).toBe(true)
    expect(reads('v1', 'ServiceAccount')).toBe(false)
  })

  test('bindings of service accounts, unless no token is set', () => {
    for (const kind of ['RoleBinding', 'ClusterRoleBinding']) {
      expect(reads('rbac.authorization.k8s.io/v1', kind)).toBe(true)
      expect(reads('rbac.authorization.k8s.io/v1', kind, { automountServiceAccountToken: 'none' })).toBe(false)
    }
    expect(reads('rbac.authorization.k8s.io/v1', 'Role')).toBe(false)
  })

  test('custom resources that the configuration names', () => {
    expect(reads('cache.example.com/v1', 'Cache', { customResources: { 'cache.example.com/Cache': {} } })).toBe(true)
    expect(reads('cache.example.com/v1', 'Cache')).toBe(false)
  })

  test('resources of foreign kinds that may have pods', () => {
    expect(reads('batch.volcano.sh/v1alpha1', 'Job', {}, 'containers: []')).toBe(true)
    expect(reads('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}, 'containers: []')).toBe(false)
  })

  test.each([
    ['v1', 'ConfigMap'],
    ['v1', 'Service'],
    ['batch.volcano.sh/v1alpha1', 'Job'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ])('and not %s %s', (apiVersion, kind) => {
    expect(reads(apiVersion, kind)).toBe(false)
  })
})
