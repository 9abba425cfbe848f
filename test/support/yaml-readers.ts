import { isDeepStrictEqual } from 'node:util'
import { readBlockYaml } from '../../functions/lib/yaml/block-yaml.ts'
import { readWithJsYaml } from '../../functions/lib/yaml/js-yaml-reader.ts'

/** How the reader of block YAML and js-yaml differ on a text; undefined where the first leaves it to the other. */
export function readersDiffer(text: string): string | undefined {
  const read = readBlockYaml(text)
  if (read === undefined) return undefined
  const expected = orError(() => readWithJsYaml(text))
  if (isDeepStrictEqual(read, expected) && JSON.stringify(read) === JSON.stringify(expected)) return undefined
  return `read as block YAML ${JSON.stringify(read)}, by js-yaml ${JSON.stringify(expected)}:\n${text}`
}

function orError(read: () => unknown): unknown {
  try {
    return read()
  } catch (cause) {
    return `error: ${(cause as Error).message}`
  }
}
