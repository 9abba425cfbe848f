import { parseConfig } from '../../functions/lib/framework/config.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'
import * as z from '../../functions/lib/framework/lazy-zod.ts'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { argocd } from './findings.ts'

const below = (folder: string): boolean =>
  folder !== '' && !folder.startsWith('/') && !folder.split('/').some((name) => name === '..')

const schema = z.strictObject({
  /** Folder to build, below the path of the Application. */
  environment: z.optional(
    z.string().check(z.refine(below, 'a folder below the path of the Application, or no such parameter')),
  ),
  /** A reference that counts as the functions' own image. */
  image: z.optional(z.string().check(z.regex(/^\S+$/, 'an image reference, or no such parameter'))),
})

/** What an Application may set under `spec.source.plugin.parameters`; plugin.yaml announces the same. */
export type Parameters = z.infer<typeof schema>

const VARIABLE = 'ARGOCD_APP_PARAMETERS'

/**
 * Reads ARGOCD_APP_PARAMETERS: a JSON list of `{name, string | array | map}`, null where an Application sets none. The
 * variables PARAM_* hold the same, but tell neither a misspelt name nor a list in place of a string from no parameter.
 * Throws InputError, with a line for each parameter that cannot be used.
 * Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/config-management-plugins/
 */
export function parametersOf(env: NodeJS.ProcessEnv): Parameters {
  const values = new Map<string, unknown>()
  for (const { name, value } of listOf(env[VARIABLE])) {
    if (values.has(name)) throw new InputError(argocd['parameter-twice']({}, name))
    values.set(name, value)
  }
  return parseConfig(schema, Object.fromEntries(values), 'spec.source.plugin.parameters')
}

function listOf(json = 'null'): { name: string; value: unknown }[] {
  const list = parse(json) ?? []
  if (!Array.isArray(list)) throw new InputError(argocd['wrong-parameters']({}, 'a JSON list', json))
  return list.map((parameter: unknown) => {
    if (!isFields(parameter) || typeof parameter.name !== 'string')
      throw new InputError(argocd['wrong-parameters']({}, 'objects with a name', JSON.stringify(parameter)))
    const { name, string, array, map } = parameter
    return { name, value: string ?? array ?? map ?? null }
  })
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new InputError(argocd['wrong-parameters']({}, 'JSON', json), { cause })
  }
}
