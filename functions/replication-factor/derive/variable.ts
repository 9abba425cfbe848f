import type { Container } from '../../lib/kubernetes/pod-template.ts'

export interface Variable {
  name: string
  value?: string
  valueFrom?: { fieldRef?: { fieldPath?: string } }
}

export const variablesOf = (container: Container): Variable[] => (container.env ?? []) as Variable[]

/** The variable, if the whole text is a reference to one, as in `$(REPLICATION_FACTOR)`. */
export const referredVariable = (text: string): string | undefined => /^\$\(([A-Za-z_]\w*)\)$/.exec(text)?.[1]

/**
 * A text as the container sees it: `$(NAME)` of variables whose value is known here. What is not known stays, and so does
 * the escaped `$$(NAME)`.
 */
export function expandVariables(text: string, container: Container, namespace: string): string {
  const known = new Map<string, string>()
  for (const { name, value, valueFrom } of variablesOf(container)) {
    // Null, as a template may write it, is no value.
    if (typeof value === 'string') known.set(name, replace(value, known))
    else if (valueFrom?.fieldRef?.fieldPath === 'metadata.namespace' && namespace !== '') known.set(name, namespace)
  }
  return replace(text, known)
}

const replace = (text: string, known: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\$\$|\$\(([A-Za-z_]\w*)\)/g, (found, name?: string) =>
    name === undefined ? found : (known.get(name) ?? found),
  )
