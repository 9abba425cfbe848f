import { request as requestHttp } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { Watch } from '@kubernetes/client-node/dist/watch.js'

// The entry of a bundle of its own, so that other commands do not load the client of Kubernetes.

/** What an API server answered. */
export interface Answer {
  status: number
  body: unknown
}

/** A change as a watch reports it, or that the watch is over. */
export interface Watcher {
  onEvent(type: string, object: unknown): void
  /** With the status of the refusal, if the server gave one. */
  onEnd(error?: Error & { statusCode?: number }): void
}

/** The API server of a context of a kubeconfig. It is only read. */
export interface Cluster {
  /** `context at https://…`, for people. */
  name: string
  /** Throws Error, without anything of the kubeconfig in it but the address, if no API server answers. */
  get(path: string): Promise<Answer>
  watch(path: string, query: Readonly<Record<string, string | number | boolean>>, watcher: Watcher): Promise<void>
}

export interface Connection {
  kubeconfig?: string
  context?: string
}

const LIMIT = 30_000
/** What the client takes where it finds no kubeconfig. */
const NOTHING = 'http://localhost:8080'

/** Throws Error, without anything of the file in it, if there is no such kubeconfig or context. */
export function connect({ kubeconfig, context }: Connection): Cluster {
  const config = load(kubeconfig)
  if (context !== undefined) {
    if (!config.getContextObject(context)) {
      const names = config.getContexts().map(({ name }) => name)
      throw new Error(`the kubeconfig has no context ${context}; it has ${names.join(', ') || 'none'}`)
    }
    config.setCurrentContext(context)
  }
  const server = config.getCurrentCluster()?.server
  if (server === undefined)
    throw new Error('the kubeconfig has no current context; expected --context, or one in the file')
  if (server === NOTHING && kubeconfig === undefined && !process.env.KUBECONFIG)
    throw new Error('no kubeconfig found; expected --kubeconfig, KUBECONFIG, ~/.kube/config or the account of a pod')
  const base = server.replace(/\/$/, '')
  for (const one of config.clusters) Object.assign(one, { server: one.server.replace(/\/$/, '') })
  return {
    name: `${config.getCurrentContext()} at ${base}`,
    get: (path) => get(config, base, path),
    async watch(path, query, { onEvent, onEnd }) {
      try {
        await new Watch(config).watch(path, query, onEvent, (cause) => onEnd(cause ?? undefined))
      } catch (cause) {
        // A program of the kubeconfig gives no token, say.
        onEnd(cause as Error)
      }
    },
  }
}

function load(file: string | undefined): KubeConfig {
  const config = new KubeConfig()
  try {
    if (file === undefined) config.loadFromDefault()
    else config.loadFromFile(file)
    return config
  } catch (cause) {
    // A parser quotes the line, which may hold a token.
    const { code } = cause as NodeJS.ErrnoException
    const name = file ?? process.env.KUBECONFIG ?? '~/.kube/config'
    throw new Error(`${name} cannot be read as a kubeconfig${code ? `: ${code}` : ''}`, { cause })
  }
}

async function get(config: KubeConfig, base: string, path: string): Promise<Answer> {
  const options: RequestOptions = {
    method: 'GET',
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(LIMIT),
  }
  await config.applyToHTTPSOptions(options)
  const start = base.startsWith('http:') ? requestHttp : request
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(
        new Error(`${base} does not answer: ${cause.name === 'TimeoutError' ? 'no answer in time' : cause.message}`),
      )
    start(`${base}${path}`, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', failed)
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
        } catch {
          if (response.statusCode === 200) failed(new Error('expected JSON from an API server of Kubernetes'))
          else resolve({ status: response.statusCode ?? 0, body: {} })
        }
      })
    })
      .on('error', failed)
      .end()
  })
}
