import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { eventually } from '../../support/eventually.ts'
import { runExample, toDocuments } from '../../support/examples.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { objectsOf } from '../../support/stacks.ts'
import { apply, refusalOf } from './lib/apply.ts'
import { type Cluster, startCluster } from './lib/cluster.ts'
import { publishedDefinitions } from './lib/definitions.ts'
import { builtPrograms } from './lib/programs.ts'

// A stack with webhooks is hardened and applied; the test answers in place of its pods, at the address of its Service. What
// enforces NetworkPolicies is no part of this cluster, so that the port that they open is compared with the one that is called.

const HOST = 'gate.shop.svc'
const POLICY = `apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata: {name: hardening}
spec:
  securityContext: {}
  replication: {}
  istio: {}
  networkPolicy: {}
`

const stack = (certificate: Buffer): string => `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: gate, namespace: shop, labels: {app: gate}}
spec:
  replicas: 2
  selector: {matchLabels: {app: gate}}
  template:
    metadata: {labels: {app: gate}}
    spec:
      containers:
      - name: gate
        image: example/gate:1.0.0
        ports: [{name: hooks, containerPort: 9443}]
---
apiVersion: v1
kind: Service
metadata: {name: gate, namespace: shop}
spec:
  selector: {app: gate}
  ports: [{name: https, port: 443, targetPort: hooks}]
---
${['Validating', 'Mutating']
  .map(
    (sort) => `apiVersion: admissionregistration.k8s.io/v1
kind: ${sort}WebhookConfiguration
metadata: {name: gate}
webhooks:
- name: ${sort.toLowerCase()}.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  clientConfig:
    caBundle: ${certificate.toString('base64')}
    service: {name: gate, namespace: shop, path: /${sort.toLowerCase()}}
`,
  )
  .join('---\n')}`

/** A certificate of its own for the Service, by the program that comes with Go. */
function certificateFor(host: string): { cert: Buffer; key: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'test-certificate-'))
  try {
    const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim()
    const generator = join(root, 'src/crypto/tls/generate_cert.go')
    execFileSync('go', ['run', generator, '--ecdsa-curve=P256', '--ca', `--host=${host}`], {
      cwd: folder,
      stdio: 'pipe',
    })
    return { cert: readFileSync(join(folder, 'cert.pem')), key: readFileSync(join(folder, 'key.pem')) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Review {
  request: { uid: string; object: KubernetesObject }
}

/** Labels what it is asked about, and refuses what has the label `bad`; writes down the path of each call. */
async function answering(
  address: string,
  certificate: { cert: Buffer; key: Buffer },
  calls: string[],
): Promise<Server> {
  const server = createServer(certificate, async (asked, answer) => {
    const { request } = (await json(asked)) as Review
    calls.push(asked.url?.split('?')[0] ?? '')
    const labels = request.object.metadata.labels
    const patch = [{ op: 'add', path: '/metadata/labels', value: { ...labels, seen: 'yes' } }]
    const verdict = asked.url?.startsWith('/mutating')
      ? { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
      : { allowed: labels?.bad === undefined, status: { message: 'the gate is shut' } }
    answer.setHeader('content-type', 'application/json')
    answer.end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: request.uid, ...verdict },
      }),
    )
  })
  server.listen(443, address)
  await once(server, 'listening')
  expect((server.address() as AddressInfo).address).toBe(address)
  return server
}

describe('webhooks of a hardened stack', () => {
  let cluster: Cluster
  let hardened: KubernetesObject[]
  let server: Server | undefined
  const calls: string[] = []
  const map = (name: string, labels: Record<string, string>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop', labels },
  })
  beforeAll(async () => {
    const programs = builtPrograms()
    const certificate = certificateFor(HOST)
    const { stdout, stderr, exitCode } = await runExample(stack(certificate.cert), POLICY)
    if (exitCode !== 0) throw new Error(stderr)
    hardened = objectsOf(toDocuments(stdout))
    cluster = await startCluster(programs)
    await apply(cluster, publishedDefinitions())
    await apply(cluster, hardened)
    const service = (await cluster.list('services')).find(({ metadata }) => metadata.name === 'gate')
    // If a webhook does not answer, the API server refuses the object.
    const refused = await eventually(
      () => refusalOf(cluster, [map('early', {})]),
      (text) => text.includes('failed calling webhook'),
    )
    expect(refused).toContain(`https://${HOST}:443/mutating`)
    server = await answering(String(valueAt(service, ['spec', 'clusterIP'])), certificate, calls)
  }, TIME_TO_BUILD)
  afterAll(async () => {
    server?.closeAllConnections()
    server?.close()
    await cluster?.stop()
  })

  test('are called by the API server, the mutating one before the validating one', async () => {
    const answer = await eventually(
      () => refusalOf(cluster, [map('good', { app: 'gate' })]),
      (text) => text === '',
    )
    expect(answer).toBe('')
    calls.length = 0
    expect(await apply(cluster, [map('good', { app: 'gate' })])).toEqual({ taken: 1, warnings: [] })
    expect(calls).toEqual(['/mutating', '/validating'])
    const made = (await cluster.list('configmaps')).find(({ metadata }) => metadata.name === 'good')
    expect(made?.metadata.labels).toEqual({ app: 'gate', seen: 'yes' })
  })

  test('may refuse an object', async () => {
    expect(await refusalOf(cluster, [map('bad', { bad: 'yes' })])).toContain(
      'admission webhook "validating.example.com" denied the request: the gate is shut',
    )
  })

  test('are open to any caller at the port of the pods behind the Service, and at no other', () => {
    const policy = hardened.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'gate')
    expect(valueAt(policy, ['spec', 'ingress'])).toEqual([{ ports: [{ protocol: 'TCP', port: 9443 }] }])
  })
})
