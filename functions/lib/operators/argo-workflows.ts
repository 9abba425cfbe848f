import { listAt, textAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portsOfContainers } from './given-ports.ts'
import type { Operator, PodPort, RuntimePods } from './operator.ts'

/** The ports of containers that templates run, such as daemons that later steps call. */
const portsOf = (spec: unknown): PodPort[] =>
  listAt(spec, 'templates').flatMap((template) => [
    ...portsOfContainers({ containers: [template.container] }, 'containers'),
    ...portsOfContainers(template, 'sidecars'),
  ])

/** Next to each step runs a container that reports to the API server. */
function podsOf(object: KubernetesObject, spec: unknown, labels: Record<string, string>): RuntimePods[] {
  const account = textAt(spec, 'serviceAccountName')
  return [
    {
      name: object.metadata.name,
      labels,
      ports: portsOf(spec),
      ...(account !== undefined && { serviceAccount: account }),
      needsApiServer: true,
    },
  ]
}

/** The Workflows of a CronWorkflow have names that nobody knows yet; pods that run have this label, whatever their Workflow. */
const RUNNING = { 'workflows.argoproj.io/completed': 'false' }

/**
 * Sources: https://argo-workflows.readthedocs.io/en/latest/architecture/,
 * https://argo-workflows.readthedocs.io/en/latest/workflow-rbac/, and workflow/common/common.go and workflow/controller/workflowpod.go
 * of https://github.com/argoproj/argo-workflows/tree/main
 */
export const argoWorkflows: Operator = {
  name: 'Argo Workflows',
  customResources: {
    'argoproj.io/Workflow': {
      runtimePods: (workflow) =>
        podsOf(workflow, workflow.spec, { 'workflows.argoproj.io/workflow': workflow.metadata.name }),
    },
    'argoproj.io/CronWorkflow': {
      runtimePods: (workflow) => {
        const spec = valueAt(workflow, ['spec', 'workflowSpec'])
        const given = valueAt(spec, ['podMetadata', 'labels'])
        return podsOf(workflow, spec, isFields(given) ? (given as Record<string, string>) : RUNNING)
      },
    },
  },
}
