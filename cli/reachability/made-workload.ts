import type { MadePods } from '../../functions/lib/flows/made-pods.ts'
import type { Container } from '../../functions/lib/kubernetes/pod-template.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'

/** Pods that an operator makes as a workload with their labels and ports, which is all that policies see of them. */
export const asWorkload = ({ object, namespace, name, allLabels, ports }: MadePods): Workload => ({
  ...{ object, namespace, name, kind: object.kind, labels: allLabels },
  template: {
    owner: object,
    path: [],
    spec: {
      containers: [
        {
          name,
          ports: ports.map(({ port, endPort: _, ...named }) => ({ ...named, containerPort: port })),
        } as Container,
      ],
    },
  },
})
