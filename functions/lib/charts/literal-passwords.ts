import { formatPath, isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'

const SECRET = /(?:password|passwd|^pass|secretkey|token|apikey)$/i

/** Values that are no passwords themselves: a placeholder, a template, a file, a reference to a store. */
const ELSEWHERE = /\$\{\w+\}|\{\{|^(?:\/|op:\/\/|ref\+)/

/** The paths in the values of a HelmRelease that hold a literal password. An empty string does not count. */
export function literalPasswords(release: KubernetesObject): string[] {
  const paths: string[] = []
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index])
    else if (isFields(value)) for (const [key, child] of Object.entries(value)) visit(child, [...path, key])
    else if (typeof value === 'string' && value !== '' && SECRET.test(String(path.at(-1))) && !ELSEWHERE.test(value))
      paths.push(formatPath(path))
  }
  visit(valueAt(release, ['spec', 'values']), ['spec', 'values'])
  return paths
}
