import { readdirSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { didYouMean } from '../../functions/lib/framework/did-you-mean.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { sourceTree } from '../findings.ts'
import { isFolder, readKustomization } from '../tree/kustomization.ts'
import { layoutOf } from '../tree/layout.ts'
import type { Check } from './source-tree.ts'
import { type Workflow, workflowsThatPush } from './workflows.ts'

/** Every component of the environment is pushed, and nothing else is. */
export const checkWorkflowMatrix: Check = ({ folder, repository }) => {
  const components = componentsOf(folder)
  const workflows = components.length > 0 ? workflowsThatPush(repository) : []
  if (workflows.length === 0) return []
  const known = [...new Set([...components, ...neighboursOf(folder).flatMap(componentsOf)])]
  return workflows.flatMap((workflow) => matrixFindings(workflow, components, known))
}

/** The topmost folders of an environment's stacks: `cert-manager` of `cert-manager/controllers/staging/manifests.yaml`. */
export function componentsOf(folder: string): string[] {
  const { environment, stacks } = layoutOf(folder)
  if (environment === undefined) return []
  return [...new Set([...stacks.keys()].map((file) => file.split(sep)[0] ?? ''))]
}

/** The other environments of the tree. */
function neighboursOf(folder: string): string[] {
  const above = dirname(folder)
  return readdirSync(above)
    .map((name) => join(above, name))
    .filter((path) => isFolder(path) && readKustomization(path) !== undefined)
}

function matrixFindings(
  { path, fields }: Workflow,
  components: readonly string[],
  known: readonly string[],
): Finding[] {
  const jobs = isFields(fields.jobs) ? Object.values(fields.jobs) : []
  const matrices = jobs.flatMap((job) => {
    const component = valueAt(job, ['strategy', 'matrix', 'component'])
    return Array.isArray(component) ? [component.map(String)] : []
  })
  const listed = [...new Set(matrices.flat())]
  if (matrices.length === 0) return []
  return [
    ...components
      .filter((component) => !matrices.every((matrix) => matrix.includes(component)))
      .map((component) => sourceTree['not-pushed']({}, path, component, listed.join(', ') || 'nothing')),
    ...listed
      .filter((component) => !known.includes(component))
      .map((component) => sourceTree['unknown-component']({}, path, component, didYouMean(component, known))),
  ]
}
