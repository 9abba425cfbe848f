import { execFileSync } from 'node:child_process'

export interface Descriptor {
  mediaType: string
  digest: string
  platform?: { os: string; architecture: string }
  annotations?: Record<string, string>
}

interface Config {
  architecture: string
  created: string
  config: { User: string; Entrypoint: string[]; Labels: Record<string, string> }
}

/** What of an in-toto statement the tests read. Source: https://slsa.dev/spec/v1.0/provenance */
interface Statement {
  subject: { digest: { sha256: string } }[]
  predicateType: string
  predicate: {
    buildDefinition: {
      externalParameters: { request: { args: Record<string, string> } }
      resolvedDependencies: { uri: string; digest: { sha256: string } }[]
    }
    runDetails: { builder: { id: string } }
  }
}

export interface File {
  path: string
  /** As `ls -l` writes it. */
  mode: string
  /** `uid/gid`. */
  owner: string
  content: string
}

const ACCEPT = ['index', 'manifest'].map((kind) => `application/vnd.oci.image.${kind}.v1+json`).join()

/** A repository as a registry of plain HTTP has it. */
export class Repository {
  readonly #url: string
  constructor(registry: string, name: string) {
    this.#url = `http://${registry}/v2/${name}`
  }

  async #get(path: string): Promise<Response> {
    const response = await fetch(`${this.#url}/${path}`, { headers: { Accept: ACCEPT } })
    if (!response.ok) throw new Error(`${this.#url}/${path}: ${response.status} ${await response.text()}`)
    return response
  }
  readonly #json = async <T>(path: string): Promise<T> => (await this.#get(path)).json() as Promise<T>
  readonly #manifest = (digest: string) =>
    this.#json<{ config: Descriptor; layers: Descriptor[] }>(`manifests/${digest}`)

  /** Fails with 404 where nothing has a tag. */
  readonly tags = async (): Promise<string[]> => (await this.#json<{ tags: string[] }>('tags/list')).tags

  readonly index = async (digest: string): Promise<Descriptor[]> =>
    (await this.#json<{ manifests: Descriptor[] }>(`manifests/${digest}`)).manifests

  readonly config = async (image: Descriptor): Promise<Config> =>
    this.#json(`blobs/${(await this.#manifest(image.digest)).config.digest}`)

  readonly layers = async (image: Descriptor): Promise<string[]> =>
    (await this.#manifest(image.digest)).layers.map(({ digest }) => digest)

  /** Throws unless there is exactly one. */
  readonly statement = async (attestation: Descriptor): Promise<Statement> => {
    const [layer, another] = await this.layers(attestation)
    if (layer === undefined || another !== undefined) throw new Error(`${attestation.digest}: expected one statement`)
    return this.#json(`blobs/${layer}`)
  }

  /** What a layer holds, files and folders. */
  async files(layer: string): Promise<File[]> {
    const input = Buffer.from(await (await this.#get(`blobs/${layer}`)).arrayBuffer())
    const tar = (...args: string[]): string =>
      execFileSync('tar', ['--gzip', ...args], { input, encoding: 'latin1', maxBuffer: 256 << 20 })
    return tar('--list', '--verbose', '--numeric-owner')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [mode = '', owner = '', , , , path = ''] = line.split(/ +/)
        return { path, mode, owner, content: path.endsWith('/') ? '' : tar('--extract', '--to-stdout', path) }
      })
  }
}
