import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { plan } from '../../functions/hardening/plan.ts'
import { type Answer, run } from '../../functions/lib/runner/run.ts'

export const FUNCTIONS = join(__dirname, '../../functions')

/**
 * One example folder: `resources.yaml` (plain objects, comments allowed) and `policy.yaml` (the functionConfig) in;
 * `expected.yaml` (objects) and `findings.txt` (stderr lines, absent when there are none) out. A negative example has
 * no expected.yaml and a findings.txt with errors.
 */
export interface Example {
  name: string
  folder: string
}

export function examplesOf(functionName: string): Example[] {
  const root = join(FUNCTIONS, functionName, 'examples')
  const names = existsSync(root) ? readdirSync(root).sort() : []
  if (names.length === 0) throw new Error(`${root}: no example found; a function without examples is not tested`)
  return names.map((name) => ({ name, folder: join(root, name) }))
}

const read = (folder: string, file: string): string | undefined => {
  const path = join(folder, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** Multi-document YAML as a ResourceList text, as a person with a pipe would hand it over. */
export function toResourceList(resources: string, policy: string): string {
  const items = resources
    .split(/^---\n/m)
    .filter((document) => /^\w/m.test(document))
    .map((document) => {
      const lines = document.trimEnd().split('\n')
      const first = lines.findIndex((line) => /^[^#\s]/.test(line))
      return lines
        .map((line, index) => (index === first ? `- ${line}` : index < first || line === '' ? line : `  ${line}`))
        .join('\n')
    })
  const config = policy.trimEnd().replaceAll(/^(?=.)/gm, '  ')
  return `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items.join('\n')}\nfunctionConfig:\n${config}\n`
}

/** The items of a ResourceList text as multi-document YAML. */
export function toDocuments(resourceList: string): string {
  const items = /^items:\n([\s\S]*?)(?=^[a-z]+:|$(?![\s\S]))/m.exec(resourceList)?.[1] ?? ''
  return items
    .split(/(?<!^#.*\n)^(?=(?:#.*\n)*- )/m)
    .map((item) => item.replace(/^- /m, '').replaceAll(/^ {2}/gm, ''))
    .filter((document) => document !== '')
    .join('---\n')
}

export const runExample = (resources: string, policy: string): Promise<Answer> =>
  run(toResourceList(resources, policy), plan)

export const input = ({ folder }: Example): { resources: string; policy: string } => {
  const resources = read(folder, 'resources.yaml')
  const policy = read(folder, 'policy.yaml')
  if (resources === undefined || policy === undefined)
    throw new Error(`${folder}: expected resources.yaml and policy.yaml`)
  return { resources, policy }
}
