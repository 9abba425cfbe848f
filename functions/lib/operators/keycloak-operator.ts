import { textAt } from '../kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portAt } from './numbers.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'
import { callTo } from './service-calls.ts'

/** Data and failure detection of the nodes. */
const NODES = [7800, 57800]

/** Without a certificate it serves HTTP; with one, HTTP only if the object asks for it. */
function clientPorts(keycloak: KubernetesObject): PodPort[] {
  const http = valueAt(keycloak, ['spec', 'http'])
  const hasTls = textAt(http, 'tlsSecret') !== undefined
  return [
    ...(!hasTls || valueAt(http, ['httpEnabled']) === true
      ? [{ name: 'http', port: portAt(http, ['httpPort'], 8080) }]
      : []),
    ...(hasTls ? [{ name: 'https', port: portAt(http, ['httpsPort'], 8443) }] : []),
    { name: 'management', port: portAt(keycloak, ['spec', 'httpManagement', 'port'], 9000) },
  ]
}

const DATABASES: Readonly<Record<string, number>> = {
  postgres: 5432,
  mysql: 3306,
  mariadb: 3306,
  mssql: 1433,
  oracle: 1521,
}

function databaseOf(keycloak: KubernetesObject): NonNullable<RuntimePods['calls']> {
  const database = valueAt(keycloak, ['spec', 'db'])
  const standard = DATABASES[textAt(database, 'vendor') ?? '']
  if (standard === undefined) return []
  return callTo(textAt(database, 'host'), keycloak.metadata.namespace, portAt(database, ['port'], standard))
}

/**
 * Sources: in https://github.com/keycloak/keycloak/tree/main/operator/src/main/java/org/keycloak/operator Constants.java,
 * Utils.java, controllers/KeycloakNetworkPolicyDependentResource.java and crds/v2alpha1/deployment/spec;
 * https://www.keycloak.org/server/db for the ports of databases
 */
export const keycloakOperator: Operator = {
  name: 'Keycloak Operator',
  customResources: {
    'k8s.keycloak.org/Keycloak': {
      images: ['spec.image'],
      runtimePods: (keycloak) => {
        const { name } = keycloak.metadata
        const clients = clientPorts(keycloak)
        return [
          {
            name,
            labels: { app: 'keycloak', 'app.kubernetes.io/instance': name },
            furtherLabels: { 'app.kubernetes.io/managed-by': 'keycloak-operator' },
            ports: [...clients, ...NODES.map((port) => ({ port }))],
            members: NODES,
            services: {
              [`${name}-service`]: samePorts(...clients.map(({ port }) => port)),
              [`${name}-discovery`]: samePorts(7800),
            },
            calls: databaseOf(keycloak),
            needsApiServer: false,
          },
        ]
      },
    },
  },
}
