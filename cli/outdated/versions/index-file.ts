import { isFields, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { readWithJsYaml } from '../../../functions/lib/yaml/js-yaml-reader.ts'
import { Failure, FINDINGS } from '../../exit-code.ts'
import { ask } from '../../http.ts'

const indexes = new Map<string, Promise<unknown>>()

/**
 * The versions of a chart that a repository lists. Each index is fetched once. Throws Failure (1) if it does not answer, is no
 * index, or has no such chart. Source: https://helm.sh/docs/topics/chart_repository/#the-index-file
 */
export async function versionsInIndex(url: string, chart: string): Promise<string[]> {
  const index = indexes.get(url) ?? read(url)
  indexes.set(url, index)
  const entries = valueAt(await index, ['entries'])
  if (!isFields(entries)) throw new Failure('the answer is no index of charts', FINDINGS)
  const versions = Object.hasOwn(entries, chart) ? entries[chart] : undefined
  if (!Array.isArray(versions)) throw new Failure('the index has no such chart', FINDINGS)
  return versions.flatMap((entry) => (isFields(entry) && typeof entry.version === 'string' ? [entry.version] : []))
}

async function read(url: string): Promise<unknown> {
  const text = await fetchText(`${url}/index.yaml`)
  try {
    return readWithJsYaml(text)
  } catch (cause) {
    throw new Failure('the answer is no YAML', FINDINGS, { cause })
  }
}

async function fetchText(address: string): Promise<string> {
  const url = new URL(address)
  // fetch refuses a URL with credentials.
  const { username, password } = url
  url.username = ''
  url.password = ''
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const answer = await ask(url, username === '' ? undefined : `Basic ${credentials}`)
  if (!answer.ok) throw new Failure(`it answers ${answer.status} ${answer.statusText}`.trim(), FINDINGS)
  try {
    return await answer.text()
  } catch (cause) {
    throw new Failure(`the answer breaks off: ${(cause as Error).message}`, FINDINGS, { cause })
  }
}
