/**
 * An image reference, `name[:tag][@digest]`, its parts as they are written.
 * Grammar: https://github.com/distribution/reference/blob/main/reference.go
 */
export interface ImageReference {
  /** Host, where one is written, and path: `quay.io/coreos/etcd`, or `nginx`. */
  readonly name: string
  readonly tag?: string
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string
}

/** Why a text is no image reference: completes "found …". */
export class InvalidReference {
  readonly problem: string
  constructor(problem: string) {
    this.problem = problem
  }
}

/**
 * The limit of the distribution specification for host, `/` and path together, as many clients enforce it.
 * Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export const MAX_NAME_LENGTH = 255

const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const TAG = /^\w[\w.-]{0,127}$/
const IDENTIFIER = /^[a-f0-9]{64}$/

/** Registered algorithms and the hexadecimal digits of each: https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
const DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 }

export function parseReference(text: string): ImageReference | InvalidReference {
  const [nameAndTag = '', digest, ...more] = text.split('@')
  const colon = nameAndTag.lastIndexOf(':')
  const hasTag = colon > nameAndTag.lastIndexOf('/')
  const name = hasTag ? nameAndTag.slice(0, colon) : nameAndTag
  const tag = hasTag ? nameAndTag.slice(colon + 1) : undefined
  const problem =
    nameProblem(name) ?? tagProblem(tag) ?? (more.length > 0 ? 'two digests' : undefined) ?? digestProblem(digest)
  if (problem !== undefined) return new InvalidReference(problem)
  return { name, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }
}

/** The text of a reference: `formatReference(parseReference(text))` is `text`. */
export const formatReference = ({ name, tag, digest }: ImageReference): string =>
  `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`

/** What a text lacks to be a name, `[host/]path`; undefined where it is one. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'no name'
  if (name.length > MAX_NAME_LENGTH) return `a name of ${name.length} characters, where ${MAX_NAME_LENGTH} are allowed`
  if (IDENTIFIER.test(name)) return 'a bare digest, which names no repository'
  const { host, path } = splitName(name)
  if (host !== undefined && !HOST.test(host)) return `${JSON.stringify(host)} where a registry host is expected`
  const component = path.split('/').find((part) => !PATH_COMPONENT.test(part))
  if (component === undefined) return undefined
  if (component !== component.toLowerCase()) return `upper case in ${JSON.stringify(component)}, where none is allowed`
  return `${JSON.stringify(component)} where a part of a repository name is expected`
}

function tagProblem(tag: string | undefined): string | undefined {
  if (tag === undefined || TAG.test(tag)) return undefined
  return tag.length > 128
    ? `a tag of ${tag.length} characters, where 128 are allowed`
    : `the tag ${JSON.stringify(tag)}`
}

/** What a text lacks to be a digest; undefined where it is one, or absent. */
export function digestProblem(digest: string | undefined): string | undefined {
  if (digest === undefined) return undefined
  const [algorithm = '', digits = '', ...more] = digest.split(':')
  const length = Object.hasOwn(DIGITS, algorithm) ? DIGITS[algorithm] : undefined
  if (length === undefined)
    return `a digest of the algorithm ${JSON.stringify(algorithm)}, which is none of the registered`
  if (more.length > 0 || !/^[a-f0-9]*$/.test(digits))
    return `the digest ${JSON.stringify(digest)}, which is not ${algorithm}: and lower-case hexadecimal digits`
  return digits.length === length ? undefined : `a digest of ${digits.length} digits, where ${algorithm} has ${length}`
}

/**
 * Host and path of a name. The first component is a host where it holds a dot or a port, is `localhost` or an IPv6
 * address in brackets; else it belongs to the path, and the host is Docker Hub.
 */
export function splitName(name: string): { host?: string; path: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isHost = first === 'localhost' || /[.:[]/.test(first)
  return isHost ? { host: first, path: name.slice(slash + 1) } : { path: name }
}

const DOCKER_HUB = 'docker.io'
const IS_DOCKER_HUB = /^(?:index\.)?docker\.io$/i
/**
 * Hosts that answer for Docker Hub; a client that is given one adds no `library/`. docker.io with a port is none of them:
 * only the bare name is replaced by such a host, and docker.io itself leads to a website.
 * Source: https://github.com/moby/moby/blob/master/daemon/pkg/registry/config.go
 */
const HUB_ENDPOINTS = ['registry-1.docker.io', 'registry.hub.docker.com']
const IS_HUB_ENDPOINT =
  /^(?:registry-1\.docker\.io(?::443)?|registry\.hub\.docker\.com(?::443)?|index\.docker\.io:443)$/i
const OFFICIAL = 'library/'
/** The path of an official image, which people write without `library/`. */
const IS_OFFICIAL = /^library\/[^/]+$/

/** The one name of a repository, by which spellings are compared: `nginx` is `docker.io/library/nginx`. */
export function canonicalName(name: string): string {
  const { host = DOCKER_HUB, path } = splitName(name)
  if (IS_HUB_ENDPOINT.test(host) && path.includes('/')) return `${DOCKER_HUB}/${path}`
  if (!IS_DOCKER_HUB.test(host)) return `${host.toLowerCase()}/${path}`
  return `${DOCKER_HUB}/${path.includes('/') ? path : `${OFFICIAL}${path}`}`
}

/**
 * Every way in which people write a name, the canonical one first: of Docker Hub they leave out the host, `library/` or
 * both, or write a host that answers.
 */
export function spellingsOf(name: string): string[] {
  const canonical = canonicalName(name)
  const { host, path } = splitName(canonical)
  if (host !== DOCKER_HUB) return canonical === name ? [name] : [canonical, name]
  const paths = IS_OFFICIAL.test(path) ? [path, path.slice(OFFICIAL.length)] : [path]
  const spellings = [
    ...paths.flatMap((spelling) => [`${DOCKER_HUB}/${spelling}`, `index.${DOCKER_HUB}/${spelling}`, spelling]),
    ...HUB_ENDPOINTS.map((endpoint) => `${endpoint}/${path}`),
  ]
  return spellings.includes(name) ? spellings : [...spellings, name]
}

/** The shortest spelling of a name: `docker.io/library/nginx` is `nginx`. Names of other registries stay as they are. */
export function familiarName(name: string): string {
  const { host, path } = splitName(canonicalName(name))
  if (host !== DOCKER_HUB) return name
  return IS_OFFICIAL.test(path) ? path.slice(OFFICIAL.length) : path
}

/** Does something replace a part of this text later: `$(NAME)`, `${NAME}` or `${NAME:=default}`? It is never parsed then. */
export const hasPlaceholder = (text: string): boolean => /\$[({]/.test(text)
