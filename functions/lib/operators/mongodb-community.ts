import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portAt } from './numbers.ts'
import { type Operator, samePorts } from './operator.ts'

/** Settings of mongod are written by their path, or as maps. */
function mongodPort(object: KubernetesObject): number {
  const config = valueAt(object, ['spec', 'additionalMongodConfig'])
  return portAt(config, ['net.port'], portAt(config, ['net', 'port'], 27017))
}

/**
 * The agents of the pods write their state to them in the API server, and read from it what to run.
 * Sources: in https://github.com/mongodb/mongodb-kubernetes-operator/tree/master controllers/construct/mongodbstatefulset.go,
 * api/v1/mongodbcommunity_types.go and config/rbac/role_database.yaml
 */
export const mongodbCommunity: Operator = {
  name: 'MongoDB Community Operator',
  customResources: {
    'mongodbcommunity.mongodb.com/MongoDBCommunity': {
      runtimePods: (object) => {
        const { name } = object.metadata
        const port = mongodPort(object)
        const exporter = isFields(valueAt(object, ['spec', 'prometheus']))
          ? [{ name: 'prometheus', port: portAt(object, ['spec', 'prometheus', 'port'], 9216) }]
          : []
        return [
          {
            name,
            labels: { app: `${name}-svc` },
            ports: [{ name: 'mongodb', port }, ...exporter],
            members: [port],
            services: { [`${name}-svc`]: samePorts(port, ...exporter.map((one) => one.port)) },
            needsApiServer: true,
          },
        ]
      },
    },
  },
}
