import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { container, deployment, errors, harden, namespace, warnings } from './harden.ts'

const ENFORCE = 'pod-security.kubernetes.io/enforce'
const kafka: KubernetesObject = {
  apiVersion: 'kafka.strimzi.io/v1beta2',
  kind: 'Kafka',
  metadata: { name: 'orders', namespace: 'shop' },
  spec: { kafka: {} },
}
const root = (): KubernetesObject => deployment({ containers: [container('app', { runAsUser: 0 })] })
const hostNetwork = (): KubernetesObject => deployment({ hostNetwork: true })
const allowed = { exceptions: { cart: { hostNamespaces: 'a', runAsUser: 'b' } } }

const labelled = (pods: KubernetesObject[], spec: Fields = {}, labels?: Record<string, string>) => {
  const shop = namespace('shop', labels)
  const findings = harden([shop, ...pods], spec)
  return { labels: shop.metadata.labels, findings, annotations: shop.metadata.annotations }
}

describe('enforce is the strictest level that every pod of the namespace meets', () => {
  test.each<[string, KubernetesObject[], string]>([
    ['restricted pods', [deployment()], 'restricted'],
    ['a root pod among them', [deployment(), root()], 'baseline'],
    ['a pod on the host network among them', [deployment(), root(), hostNetwork()], 'privileged'],
    ['pods that an operator makes', [deployment(), kafka], 'baseline'],
  ])('%s', (_, pods, expected) => {
    expect(labelled(pods, allowed).labels).toEqual({ [ENFORCE]: expected })
  })

  test('pods of another namespace do not count, nor do those without one', () => {
    const elsewhere = { ...hostNetwork(), metadata: { name: 'cart', namespace: 'other' } }
    const nowhere = { ...hostNetwork(), metadata: { name: 'cart' } }
    expect(labelled([deployment(), elsewhere, nowhere], allowed).labels).toEqual({ [ENFORCE]: 'restricted' })
  })

  test('even if the policy asks only for baseline', () => {
    expect(labelled([deployment()], { level: 'baseline' }).labels).toEqual({ [ENFORCE]: 'baseline' })
    const strict = deployment({ hostUsers: false, os: { name: 'windows' } })
    expect(labelled([strict], { level: 'baseline' }).labels).toEqual({ [ENFORCE]: 'restricted' })
  })

  test('and a level below the one asked for is reported, with the pods that force it', () => {
    expect(labelled([deployment(), kafka]).findings).toEqual([
      expect.objectContaining({
        id: 'security-context-enforcer/level-computed',
        message: expect.stringContaining('Kafka shop/orders'),
      }),
    ])
  })
})

describe('a configured level', () => {
  const of = (level: string, reason?: string) => ({ namespaces: { shop: { level, ...(reason && { reason }) } } })

  test('that is laxer needs a reason, which is written to the Namespace', () => {
    expect(errors(labelled([deployment()], of('baseline')).findings)).toEqual([
      `level-too-lax metadata.labels["${ENFORCE}"]`,
    ])
    const { labels, annotations } = labelled([deployment()], of('baseline', 'other pods'))
    expect(labels).toEqual({ [ENFORCE]: 'baseline' })
    expect(annotations).toEqual({ 'krm-hardening.dev/exception': 'security-context-enforcer: other pods' })
  })

  test('below what the pods need is an error', () => {
    expect(errors(labelled([kafka], of('restricted')).findings)).toEqual([
      `level-too-strict metadata.labels["${ENFORCE}"]`,
    ])
  })

  test('replaces a label, with a warning', () => {
    const { labels, findings } = labelled([kafka], of('baseline'), { [ENFORCE]: 'privileged' })
    expect(labels).toEqual({ [ENFORCE]: 'baseline' })
    expect(warnings(findings)).toEqual([`label-replaced metadata.labels["${ENFORCE}"]`])
  })
})

describe('a label that is there', () => {
  test('is raised if it is laxer than the pods need', () => {
    const { labels, findings } = labelled([deployment()], {}, { [ENFORCE]: 'privileged', team: 'shop' })
    expect(labels).toEqual({ [ENFORCE]: 'restricted', team: 'shop' })
    expect(warnings(findings)).toEqual([`label-replaced metadata.labels["${ENFORCE}"]`])
  })

  test('is never lowered without being asked', () => {
    const { labels, findings } = labelled([kafka], {}, { [ENFORCE]: 'restricted' })
    expect(errors(findings)).toEqual([`label-too-strict metadata.labels["${ENFORCE}"]`])
    expect(labels).toEqual({ [ENFORCE]: 'restricted' })
  })

  test('stays if the build has no pod of the namespace', () => {
    const { labels, findings } = labelled([], {}, { [ENFORCE]: 'privileged' })
    expect([labels, findings]).toEqual([{ [ENFORCE]: 'privileged' }, []])
  })
})

test('a namespace without pods and without a label gets restricted, with a warning', () => {
  const { labels, findings } = labelled([])
  expect(labels).toEqual({ [ENFORCE]: 'restricted' })
  expect(warnings(findings)).toEqual(['namespace-without-pods'])
})

describe('a version that a label pins', () => {
  const pinned = (version: string) => ({ 'pod-security.kubernetes.io/enforce-version': version })

  test('is replaced by the version of the checks, so that admission applies the same policy', () => {
    const { labels, findings } = labelled([deployment()], {}, pinned('v1.24'))
    expect(labels).toEqual({ [ENFORCE]: 'restricted', ...pinned('latest') })
    expect(warnings(findings)).toEqual(['label-replaced metadata.labels["pod-security.kubernetes.io/enforce-version"]'])
    expect(labelled([deployment()], { version: 'v1.33' }, pinned('v1.24')).labels).toMatchObject(pinned('v1.33'))
  })

  test('stays if its checks are the same', () => {
    expect(labelled([deployment()], {}, pinned('v1.37')).labels).toMatchObject(pinned('v1.37'))
  })

  test('stays in a mode that is not set', () => {
    const warn = { 'pod-security.kubernetes.io/warn-version': 'v1.24' }
    expect(labelled([deployment()], {}, warn).labels).toEqual({ [ENFORCE]: 'restricted', ...warn })
  })
})

test('a refused pod is still a pod of its namespace', () => {
  expect(labelled([hostNetwork()]).findings).toEqual([
    expect.objectContaining({ severity: 'error', tags: { check: 'hostNamespaces' } }),
  ])
})

test('a pod without a namespace, or with an empty one, belongs to default', () => {
  for (const metadata of [{ name: 'cart' }, { name: 'cart', namespace: '' }]) {
    const standard = namespace('default')
    harden([standard, { ...hostNetwork(), metadata }], allowed)
    expect(standard.metadata.labels).toEqual({ [ENFORCE]: 'privileged' })
  }
})

test('warn and audit are set where configured, for all namespaces or for one, and a version is pinned', () => {
  const spec = {
    version: 'v1.33',
    warn: 'restricted',
    audit: 'restricted',
    namespaces: { shop: { audit: 'baseline' } },
  }
  expect(labelled([deployment()], spec).labels).toEqual({
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'v1.33',
    'pod-security.kubernetes.io/warn': 'restricted',
    'pod-security.kubernetes.io/warn-version': 'v1.33',
    'pod-security.kubernetes.io/audit': 'baseline',
    'pod-security.kubernetes.io/audit-version': 'v1.33',
  })
})

test('a label that a placeholder fills in is replaced, because its default could be laxer than the pods need', () => {
  const { labels, findings } = labelled([deployment()], {}, { [ENFORCE]: '${LEVEL:=privileged}' })
  expect(labels).toEqual({ [ENFORCE]: 'restricted' })
  expect(warnings(findings)).toEqual([`label-replaced metadata.labels["${ENFORCE}"]`])
})

test('a Namespace that is never applied is labelled like the other of its name', () => {
  const local = namespace('shop')
  local.metadata.annotations = { 'config.kubernetes.io/local-config': 'true' }
  const applied = namespace('shop')
  harden([local, applied, deployment()])
  expect([local, applied].map(({ metadata }) => metadata.labels?.[ENFORCE])).toEqual(['restricted', 'restricted'])
})
