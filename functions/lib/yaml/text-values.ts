// `yaml` takes longer to load than everything else together, and few runs meet a text to edit.
export type Yaml = typeof import('yaml')
export const load = (): Promise<Yaml> => import('yaml')

export type TextScalar = string | number | boolean | null
/** What can be written into a text: a scalar, or a list of scalars. */
export type TextValue = TextScalar | readonly TextScalar[]

/** A text that is no YAML, or that has no such path. The message names the path; the caller knows whose text it is. */
export class YamlTextError extends Error {
  override readonly name = 'YamlTextError'
}
