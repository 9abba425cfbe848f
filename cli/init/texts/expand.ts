type Lookup = (name: string) => string | undefined

/** `$(NAME)`, with `$$(NAME)` as the escaped form. Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/ */
const REFERENCE = /(\$?)\$\(([A-Za-z_][\w.-]*)\)/g
/** `$NAME`, `${NAME}` and `${NAME:-default}`, as a shell and many programs expand them; Spring and Beats write `${NAME:default}`. */
const SHELL = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_][\w.]*)(?:(?::?[-=]|:(?![?+]))([^{}]*(?:\{[^{}]*\}[^{}]*)*))?\})/g
/** The kubelet expands once, in the order of the variables; nobody writes a longer chain. */
const DEPTH = 5

/** Replaces `$(NAME)` by the variables of the container. An unknown name stays as it is, as with the kubelet. */
export function expandReferences(text: string, lookup: Lookup, depth = DEPTH): string {
  if (depth === 0 || !text.includes('$(')) return text
  return text.replaceAll(REFERENCE, (whole: string, escaped: string, name: string) => {
    const value = escaped === '' ? lookup(name) : undefined
    return value === undefined ? whole : expandReferences(value, lookup, depth - 1)
  })
}

/** Replaces `$NAME` and `${NAME}` as a shell would. An unknown name gets its default, or stays as it is. */
export const expandShell = (text: string, lookup: Lookup): string =>
  text.includes('$')
    ? text.replaceAll(
        SHELL,
        (whole: string, plain: string | undefined, braced: string | undefined, fallback: string | undefined) =>
          lookup(plain ?? braced ?? '') ?? (fallback === undefined ? whole : expandShell(fallback, lookup)),
      )
    : text

/** The variables that a text refers to by `$(NAME)`. */
export const referencesIn = (text: string): string[] =>
  [...text.matchAll(REFERENCE)].flatMap(([, escaped, name = '']) => (escaped === '' ? [name] : []))
