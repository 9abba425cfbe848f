import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Fields, isFields } from '../../functions/lib/kubernetes/objects.ts'
import { sourceFile } from './source-tree.ts'

/** A workflow that pushes what was rendered. */
export interface Workflow {
  /** As messages call it. */
  path: string
  fields: Fields
}

export function workflowsThatPush(repository: string | undefined): Workflow[] {
  const folder = join(repository ?? '', '.github/workflows')
  if (repository === undefined || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => sourceFile(join(folder, name)))
    .filter(({ text }) => /\bflux push artifact\b/.test(text))
    .flatMap(({ path, text }) => {
      const fields: unknown = parse(text)
      return isFields(fields) ? [{ path, fields }] : []
    })
}
