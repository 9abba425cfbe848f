import { textAt } from '../kubernetes/fields.ts'
import { type Operator, samePorts } from './operator.ts'

/**
 * The label selects the instances and the Jobs that set them up; each runs the instance manager, which watches the Cluster
 * in the API server. Images are left out, because the operator reads the version of PostgreSQL from the tag.
 * Sources: https://cloudnative-pg.io/documentation/current/networking/,
 * https://cloudnative-pg.io/documentation/current/instance_manager/,
 * https://cloudnative-pg.io/documentation/current/service_management/,
 * https://cloudnative-pg.io/documentation/current/connection_pooling/
 */
export const cloudNativePg: Operator = {
  name: 'CloudNativePG',
  customResources: {
    'postgresql.cnpg.io/Cluster': {
      runtimePods: ({ metadata: { name } }) => [
        {
          name,
          labels: { 'cnpg.io/cluster': name },
          ports: [
            { name: 'postgresql', port: 5432 },
            { name: 'metrics', port: 9187 },
            { name: 'status', port: 8000 },
          ],
          // Standbys replicate from the primary, and a joining one copies it.
          members: [5432],
          services: {
            [`${name}-rw`]: samePorts(5432),
            [`${name}-ro`]: samePorts(5432),
            [`${name}-r`]: samePorts(5432),
          },
          // It asks each instance for its state, and the database on its behalf.
          operator: {
            namespace: 'cnpg-system',
            labels: [{ 'app.kubernetes.io/name': 'cloudnative-pg' }],
            ports: [5432, 8000],
          },
          needsApiServer: true,
        },
      ],
    },
    // The instance manager in these pods watches the Pooler.
    'postgresql.cnpg.io/Pooler': {
      runtimePods: ({ metadata: { name, namespace = '' }, spec }) => [
        {
          name,
          labels: { 'cnpg.io/poolerName': name },
          furtherLabels: { 'cnpg.io/podRole': 'pooler' },
          ports: [
            { name: 'pgbouncer', port: 5432 },
            { name: 'metrics', port: 9127 },
          ],
          services: { [name]: samePorts(5432) },
          calls: [
            {
              namespace,
              service: `${textAt(spec, 'cluster', 'name') ?? ''}-${textAt(spec, 'type') ?? 'rw'}`,
              port: 5432,
            },
          ],
          needsApiServer: true,
        },
      ],
    },
  },
}
