import { isFields, valueAt } from '../kubernetes/objects.ts'
import { portsOfContainers } from './given-ports.ts'
import { portAt } from './numbers.ts'
import { type Operator, samePorts } from './operator.ts'

/**
 * An object that describes a Grafana elsewhere makes no pods.
 * Sources: in https://github.com/grafana/grafana-operator/tree/master/controllers reconcilers/grafana/deployment_reconciler.go,
 * reconcilers/grafana/service_reconciler.go and config/operator_constants.go
 */
export const grafanaOperator: Operator = {
  name: 'Grafana Operator',
  customResources: {
    'grafana.integreatly.org/Grafana': {
      runtimePods: (grafana) => {
        const { name } = grafana.metadata
        if (isFields(valueAt(grafana, ['spec', 'external']))) return []
        const port = portAt(grafana, ['spec', 'config', 'server', 'http_port'], 3000)
        const template = ['spec', 'deployment', 'spec', 'template', 'spec']
        return [
          {
            name: `${name}-deployment`,
            labels: { app: name },
            ports: [{ name: 'grafana-http', port }, ...portsOfContainers(grafana, ...template, 'containers')],
            services: { [`${name}-service`]: samePorts(port) },
            // It writes dashboards, folders and data sources.
            operator: {
              namespace: 'grafana-operator',
              labels: [{ 'app.kubernetes.io/name': 'grafana-operator' }],
              ports: [port],
            },
            needsApiServer: false,
          },
        ]
      },
    },
  },
}
