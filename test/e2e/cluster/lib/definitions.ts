import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { objectsOf } from '../../../support/stacks.ts'

/** Where the programs of a cluster publish the definitions of their kinds: module and version, and files in it. */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  'istio.io/api@v1.31.1': ['kubernetes/customresourcedefinitions.gen.yaml'],
  'github.com/cilium/cilium@v1.20.2': ['pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml'],
  'github.com/argoproj/argo-cd/v3@v3.5.7': ['manifests/crds/application-crd.yaml'],
  'github.com/cert-manager/cert-manager@v1.21.2': [
    'deploy/crds/cert-manager.io_certificates.yaml',
    'deploy/crds/cert-manager.io_issuers.yaml',
  ],
  'github.com/external-secrets/external-secrets@v1.3.2': ['config/crds/bases/external-secrets.io_externalsecrets.yaml'],
  'sigs.k8s.io/gateway-api@v1.5.1': [
    'config/crd/standard/gateway.networking.k8s.io_gateways.yaml',
    'config/crd/standard/gateway.networking.k8s.io_grpcroutes.yaml',
    'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
  ],
  'k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1': ['deploy/vpa-v1-crd-gen.yaml'],
}

/** Strimzi is written in Java: strimzi/generate.mjs makes its definitions from what it publishes. */
const STRIMZI = join(__dirname, '../strimzi/definitions.jsonl')

/** The CustomResourceDefinitions that others publish. Throws with what Go says where one cannot be had. */
export const publishedDefinitions = (): KubernetesObject[] => [
  ...Object.entries(PUBLISHED).flatMap(([module, files]) => {
    const folder = downloaded(module)
    return files
      .flatMap((file) => objectsOf(readFileSync(join(folder, file), 'utf8')))
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
  }),
  ...readFileSync(STRIMZI, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as KubernetesObject),
]

/** The folder of a module and version that Go downloads. */
export function downloaded(module: string): string {
  try {
    const stdout = execFileSync('go', ['mod', 'download', '-json', module], {
      cwd: tmpdir(),
      env: { ...process.env, GOFLAGS: '' },
      encoding: 'utf8',
      stdio: 'pipe',
    })
    return (JSON.parse(stdout) as { Dir: string }).Dir
  } catch (cause) {
    throw new Error(`Go, which takes the definitions of kinds from ${module}, said:`, { cause })
  }
}
