/** ResourceList text of `count` objects of the kinds that a cluster holds, as Kustomize would send it. */
export function resourceList(count, functionConfig) {
  const items = Array.from({ length: Math.ceil(count / 10) }, (_, index) => application(index))
    .flat()
    .slice(0, count)
  const text = items.map((item, index) => kustomizeItem(item, index)).join('')
  return `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${text}functionConfig:\n${block(functionConfig, 2)}`
}

/** The policy under which these objects are hardened: all five functions, a flow for every application. */
export function policy(count) {
  const applications = Math.ceil(count / 10)
  return {
    apiVersion: 'krm-hardening.dev/v1alpha1',
    kind: 'Hardening',
    metadata: { name: 'hardening' },
    spec: {
      flows: Object.fromEntries(
        Array.from({ length: applications }, (_, index) => [
          `${space(index)}/app-${index}:http`,
          { from: ['prometheus/prometheus'] },
        ]),
      ),
      images: {
        mirrors: { '*': 'registry.example.com/mirror' },
        digests: { 'grafana/mimir': `sha256:${'0'.repeat(64)}` },
      },
      securityContext: {},
      replication: {},
      istio: {},
      networkPolicy: {},
    },
  }
}

const space = (index) => `team-${Math.floor(index / 20)}`

/** Ten objects: a Deployment with its Service, ConfigMaps as large as people write them, and what is around it. */
export function application(index) {
  const name = `app-${index}`
  const namespace = space(index)
  const labels = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': 'server',
  }
  const metadata = (suffix = '') => ({
    name: `${name}${suffix}`,
    namespace,
    labels,
  })
  const config = Array.from({ length: 60 }, (_, line) => `setting_${line}: value of ${name} number ${line}`).join('\n')
  return [
    index % 20 === 0
      ? {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: namespace, labels: { name: namespace } },
        }
      : {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: metadata('-extra'),
          type: 'Opaque',
        },
    deployment(metadata(), labels),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(),
      spec: {
        selector: labels,
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata() },
    ...[0, 1, 2].map((n) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata(`-${n}`),
      data: { 'config.yaml': config },
    })),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata(),
      type: 'Opaque',
      stringData: { token: 'x'.repeat(400) },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: metadata(),
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: metadata(),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ]
}

const deployment = (metadata, labels) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: metadata.name,
        containers: [
          {
            name: 'server',
            image: 'grafana/mimir:3.0.0',
            args: ['-target=all', '-config.file=/etc/app/config.yaml'],
            env: Array.from({ length: 8 }, (_, n) => ({
              name: `SETTING_${n}`,
              value: `value-${n}`,
            })),
            ports: [{ name: 'http', containerPort: 8080 }],
            resources: {
              requests: { cpu: '100m', memory: '128Mi' },
              limits: { memory: '256Mi' },
            },
            readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
            volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
          },
        ],
        volumes: [{ name: 'config', configMap: { name: `${metadata.name}-0` } }],
      },
    },
  },
})

/** An item as Kustomize's runner writes it: sorted keys would change nothing here, the annotations do. */
function kustomizeItem(object, index) {
  const { metadata } = object
  const annotations = [
    `      kustomize.config.k8s.io/id: |\n        kind: ${object.kind}\n        name: ${metadata.name}\n`,
    `      internal.config.kubernetes.io/id: '${index + 1}'\n      config.k8s.io/id: '${index + 1}'\n`,
  ].join('')
  const { apiVersion, kind, metadata: _, ...rest } = object
  const head = `- apiVersion: ${apiVersion}\n  kind: ${kind}\n  metadata:\n    annotations:\n${annotations}${block({ ...metadata }, 4)}`
  return head + block(rest, 2)
}

const INDENT = ' '

/** Block YAML of plain data, lists not indented, as Kustomize writes it. */
function block(value, indent) {
  const pad = INDENT.repeat(indent)
  return Object.entries(value)
    .map(([key, child]) => `${pad}${/^[*]/.test(key) ? `'${key}'` : key}:${node(child, indent)}`)
    .join('')
}

function node(value, indent) {
  if (Array.isArray(value)) return `\n${value.map((item) => listItem(item, indent)).join('')}`
  if (typeof value === 'object') return Object.keys(value).length > 0 ? `\n${block(value, indent + 2)}` : ' {}\n'
  if (typeof value === 'string' && value.includes('\n'))
    return ` |-\n${value.replaceAll(/^/gm, INDENT.repeat(indent + 2))}\n`
  return ` ${JSON.stringify(value)}\n`
}

const listItem = (item, indent) =>
  typeof item === 'object'
    ? `${INDENT.repeat(indent)}- ${block(item, indent + 2).trimStart()}`
    : `${INDENT.repeat(indent)}- ${JSON.stringify(item)}\n`

/** CustomResourceDefinitions of `bytes` bytes together, as deep and wide as an operator generates them. */
export function customResourceDefinitions(bytes, kinds = 11) {
  return Array.from({ length: kinds }, (_, index) => definition(`Bench${index}`, Math.floor(bytes / kinds))).join(
    '---\n',
  )
}

function definition(kind, bytes) {
  const plural = `${kind.toLowerCase()}s`
  const head = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.bench.example.com
spec:
  group: bench.example.com
  names:
    kind: ${kind}
    plural: ${plural}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
`
  let text = head
  for (let number = 0; text.length < bytes; number++) text += property(`field${number}`, 10)
  return text
}

function property(name, indent) {
  const pad = INDENT.repeat(indent)
  const leaves = ['string', 'integer', 'boolean']
    .map((type) => `${pad}    ${type}Value:\n${pad}      type: ${type}\n`)
    .join('')
  return `${pad}${name}:\n${pad}  type: object\n${pad}  properties:\n${leaves}${pad}    items:\n${pad}      type: array\n${pad}      items:\n${pad}        type: object\n${pad}        properties:\n${pad}          key:\n${pad}            type: string\n${pad}          values:\n${pad}            type: array\n${pad}            items:\n${pad}              type: string\n`
}
