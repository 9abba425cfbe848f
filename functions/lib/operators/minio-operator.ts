import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import type { Labels } from '../kubernetes/selector.ts'
import { type Operator, type RuntimePods, samePorts } from './operator.ts'

/** The operator asks for a certificate unless told otherwise. */
const hasTls = (tenant: KubernetesObject): boolean =>
  valueAt(tenant, ['spec', 'requestAutoCert']) !== false || isFields(valueAt(tenant, ['spec', 'externalCertSecret', 0]))

const portOr = (tenant: KubernetesObject, field: string, standard: number): number => {
  const port = valueAt(tenant, ['spec', field])
  return typeof port === 'number' && port !== 0 ? port : standard
}

const SFTP = 8022
const hasSftp = (tenant: KubernetesObject): boolean => valueAt(tenant, ['spec', 'features', 'enableSFTP']) === true

/** The servers of keys, whose client the tenant is; none if the object has none. */
function keyServers(tenant: KubernetesObject): RuntimePods[] {
  const kes = valueAt(tenant, ['spec', 'kes'])
  if (!isFields(kes)) return []
  const name = `${tenant.metadata.name}-kes`
  const { serviceAccountName } = kes
  return [
    {
      name,
      labels: { 'v1.min.io/kes': name },
      ports: [{ port: 7373 }],
      members: [7373],
      services: { [`${name}-hl-svc`]: samePorts(7373) },
      ...(typeof serviceAccountName === 'string' && { serviceAccount: serviceAccountName }),
      needsApiServer: false,
    },
  ]
}

/** Of the manifests, and of the chart. */
const OWN_LABELS: readonly Labels[] = [{ name: 'minio-operator' }, { 'app.kubernetes.io/name': 'operator' }]

/**
 * The sidecar of each pod watches the Tenant's configuration Secret in the API server (from operator v5).
 * Sources: https://github.com/minio/operator/blob/master/docs/tenant_crd.adoc,
 * https://github.com/minio/operator/blob/master/pkg/resources/statefulsets/minio-statefulset.go,
 * https://github.com/minio/operator/blob/master/pkg/resources/services/service.go,
 * https://github.com/minio/operator/blob/master/pkg/resources/statefulsets/kes-statefulset.go,
 * https://github.com/minio/operator/blob/master/pkg/apis/minio.min.io/v2/constants.go
 */
export const minioOperator: Operator = {
  name: 'MinIO Operator',
  customResources: {
    'minio.min.io/Tenant': {
      images: ['spec.image', 'spec.kes.image'],
      runtimePods: (tenant) => {
        const { name } = tenant.metadata
        const api = portOr(tenant, 'minioContainerPort', 9000)
        const webConsole = portOr(tenant, 'consoleContainerPort', hasTls(tenant) ? 9443 : 9090)
        return [
          {
            name,
            labels: { 'v1.min.io/tenant': name },
            ports: [{ port: api }, { port: webConsole }, ...(hasSftp(tenant) ? [{ port: SFTP }] : [])],
            members: [api],
            services: {
              minio: { [hasTls(tenant) ? 443 : 80]: api },
              [`${name}-hl`]: { 9000: api, ...(hasSftp(tenant) && samePorts(SFTP)) },
              [`${name}-console`]: { [hasTls(tenant) ? 9443 : 9090]: webConsole },
            },
            // It asks the tenant for its health, and makes users and buckets in it.
            operator: {
              namespace: 'minio-operator',
              labels: OWN_LABELS,
              ports: [api],
            },
            needsApiServer: true,
          },
          ...keyServers(tenant),
        ]
      },
    },
  },
}
