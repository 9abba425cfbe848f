import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { canonicalName, splitName } from '../../functions/lib/kubernetes/image-reference.ts'
import { isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { Failure, FINDINGS } from '../exit-code.ts'
import { ask } from '../http.ts'

const PAGE = 1000
/** Docker asks registries there without TLS. Source: https://docs.docker.com/reference/cli/dockerd/#insecure-registries */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/

/**
 * The tags of a repository, asked of its registry as docker would, with the credentials of `docker login`: docker itself lists
 * none. Throws Failure (1) without an answer.
 * Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function tagsByApi(repository: string, isPlain: boolean): Promise<string[]> {
  const { host = '', path } = splitName(canonicalName(repository))
  const scheme = isPlain || LOOPBACK.test(host) ? 'http' : 'https'
  const base = `${scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : host}`
  const tags: string[] = []
  let header: string | undefined
  for (let next: string | undefined = `${base}/v2/${path}/tags/list?n=${PAGE}`; next !== undefined; ) {
    const url = new URL(next, base)
    let answer = await ask(url, header)
    if (answer.status === 401 && header === undefined) {
      header = await authorizationFor(answer.headers.get('www-authenticate') ?? '', host, path)
      answer = await ask(url, header)
    }
    if (!answer.ok) throw new Failure(`it answers ${answer.status} ${answer.statusText}`.trim(), FINDINGS)
    const body: unknown = await answer.json().catch(() => undefined)
    const found = valueAt(body, ['tags'])
    if (!isFields(body) || (found !== null && !Array.isArray(found)))
      throw new Failure('the answer is no list of tags', FINDINGS)
    tags.push(...(found ?? []).map(String))
    next = nextPage(answer.headers.get('link'), base)
  }
  return tags
}

/** Only of the same registry, because the credentials go with it. */
function nextPage(link: string | null, base: string): string | undefined {
  const [, address] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '') ?? []
  if (address === undefined) return undefined
  const url = new URL(address, base)
  return url.origin === new URL(base).origin ? url.href : undefined
}

/** What a registry asks for, as a header. Source: https://distribution.github.io/distribution/spec/auth/token/ */
async function authorizationFor(challenge: string, host: string, path: string): Promise<string> {
  const basic = credentialsOf(host)
  if (/^basic\b/i.test(challenge)) {
    if (basic === undefined) throw new Failure(`it asks for credentials; expected docker login ${host}`, FINDINGS)
    return basic
  }
  const [realm, service] = ['realm', 'service'].map((name) => new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1])
  if (realm === undefined) throw new Failure('it asks for credentials in a way that is not known here', FINDINGS)
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  url.searchParams.set('scope', `repository:${path}:pull`)
  const answer = await ask(url, basic)
  const body: unknown = await answer.json().catch(() => undefined)
  const token = valueAt(body, ['token']) ?? valueAt(body, ['access_token'])
  if (!answer.ok || typeof token !== 'string')
    throw new Failure(`it gives no token: ${answer.status} ${answer.statusText}`.trim(), FINDINGS)
  return `Bearer ${token}`
}

const OF_DOCKER_HUB = 'https://index.docker.io/v1/'

/** The header for a registry that docker has logged in to. Source: https://docs.docker.com/reference/cli/docker/login/ */
function credentialsOf(host: string): string | undefined {
  const file = join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json')
  if (!existsSync(file)) return undefined
  const config = parsed(readFileSync(file, 'utf8'), file)
  const key = host === 'docker.io' ? OF_DOCKER_HUB : host
  const helper = valueAt(config, ['credHelpers', key]) ?? valueAt(config, ['credsStore'])
  if (typeof helper === 'string' && helper !== '') return fromHelper(helper, key)
  const auth = valueAt(config, ['auths', key, 'auth'])
  return typeof auth === 'string' && auth !== '' ? `Basic ${auth}` : undefined
}

/** A helper that knows no credentials ends with an error. A token of identity is of another kind than the API here takes. */
function fromHelper(helper: string, key: string): string | undefined {
  const { stdout, status } = spawnSync(`docker-credential-${helper}`, ['get'], {
    input: key,
    encoding: 'utf8',
    env: process.env,
  })
  if (status !== 0) return undefined
  const answer = parsed(stdout, `docker-credential-${helper}`)
  const [user, secret] = [valueAt(answer, ['Username']), valueAt(answer, ['Secret'])]
  if (typeof user !== 'string' || typeof secret !== 'string' || user === '<token>') return undefined
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // The text may hold credentials, so that nothing of it is shown.
    throw new Failure(`${what} is no JSON`, undefined, { cause: (cause as Error).name })
  }
}
