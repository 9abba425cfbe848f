import { type Fields, formatPath, isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'

const SECRET = /(?:password|passwd|^pass|secretkey|token|apikey)$/i

/** Values that are no passwords themselves: a placeholder, a template, a tag, a file, a reference to a store. */
const ELSEWHERE = /\$\{\w+\}|\{\{|^(?:[/!$]|op:\/\/|ref\+)/

/** The name of a key in an existing Secret, such as `passwordSecretKey`. */
const NAMES_A_KEY = /(?:existing|pass(?:word)?|token|user(?:name)?|id)_?secret_?key$/i

/** What is next to `secretKey` where that is the name of a key in a Secret, as in an ExternalSecret. */
const REFERENCES = ['remoteRef', 'secretName', 'existingSecret', 'secretRef', 'sourceRef']

/** What is empty, a switch or a number. */
const NO_TEXT = /^(?:|null|~|true|false|-?\d+(?:\.\d+)?)$/i

/** Does a key with such a text hold a literal password? */
export const isLiteralPassword = (key: string, text: string): boolean =>
  SECRET.test(key) && !NAMES_A_KEY.test(key) && !NO_TEXT.test(text) && !ELSEWHERE.test(text)

const literalsOf = (fields: Fields): [string, unknown][] =>
  Object.entries(fields).filter(([key]) => !/^secretKey$/i.test(key) || !REFERENCES.some((name) => name in fields))

/** The paths in the values of a HelmRelease that hold a literal password. */
export function literalPasswords(release: KubernetesObject): string[] {
  const paths: string[] = []
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index])
    else if (isFields(value)) for (const [key, child] of literalsOf(value)) visit(child, [...path, key])
    else if (typeof value === 'string' && isLiteralPassword(String(path.at(-1)), value)) paths.push(formatPath(path))
  }
  visit(valueAt(release, ['spec', 'values']), ['spec', 'values'])
  return paths
}

/**
 * A key and its value on a line or in a map of one line; what a comment says does not count. A value that begins a map, a
 * list or an alias is no text.
 */
const PAIR = /(?:^[ \t]*(?:- )*|[{,][ \t]*)["']?([\w.-]+)["']?:[ \t]+(?!#)("[^"\n]*"|'[^'\n]*'|[^\s,}{[*][^,}#\n]*)/gm

/** The keys of a text of values, as a ConfigMap has it, that hold a literal password. Each once. */
export function literalPasswordsIn(text: string): string[] {
  const found = [...text.matchAll(PAIR)].flatMap(([, key = '', written = '']) => {
    const value = written.trim().replace(/^(["'])(.*)\1$/, '$2')
    return isLiteralPassword(key, value) ? [key] : []
  })
  return [...new Set(found)]
}
