import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unanswered } from './lib/addresses.ts'
import { Daemon } from './lib/daemon.ts'
import { Loopback } from './lib/loopback.ts'
import { mimirObjects, mimirStacks } from './lib/mimir.ts'
import { fileAt, mountedFiles, workload } from './lib/pod.ts'
import { complaint, program } from './lib/program.ts'

const UPSTREAMS = ['mimir-query-frontend', 'mimir-ruler', 'mimir-alertmanager']
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

const hostOf = (service: string): string => `${service}.mimir.svc.cluster.local`

/**
 * The rendered configuration as this machine can run it. It differs where the container's surroundings do: names are
 * loopback addresses, volumes are a temporary folder, and stderr is no device that can be opened.
 */
const localCopy = (text: string, dns: Loopback, folder: string): string =>
  dns
    .resolve(text)
    .replace('listen 8080;', `listen ${dns.address(hostOf('mimir-proxy'))}:8080;`)
    .replaceAll('/var/run/', `${folder}/`)
    .replace('/dev/stderr', 'stderr')
    .replace('http {', `http {\n${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}`)

describe.each(mimirStacks)("the proxy's configuration of %s", (stack) => {
  const objects = mimirObjects(stack)
  const config = fileAt(mountedFiles(objects, workload(objects, 'mimir-proxy')), '/etc/nginx/nginx.conf')
  const dns = new Loopback()
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The arguments with which nginx takes a configuration. */
  const using = (text: string): string[] => {
    const path = join(folder, 'nginx.conf')
    writeFileSync(path, localCopy(text, dns, folder))
    return ['-e', 'stderr', '-c', path]
  }

  test('names only Services and ports that are there', () => {
    expect(unanswered(config, objects)).toEqual([])
  })

  test('passes nginx -t', () => {
    expect(complaint(program('nginx'), [...using(config), '-t'])).toBeUndefined()
  })

  test('would not pass with a directive that nginx does not know', () => {
    const misspelt = using(config.replace('server_tokens', 'server_token'))
    expect(complaint(program('nginx'), [...misspelt, '-t'])).toContain('unknown directive "server_token"')
  })

  describe('when nginx serves it', () => {
    const servers: Server[] = []
    let nginx: Daemon
    const url = (path: string): string => `http://${dns.address(hostOf('mimir-proxy'))}:8080${path}`

    beforeAll(async () => {
      for (const name of UPSTREAMS) {
        const server = createServer(({ url, headers }, response) => response.end(`${name} ${headers.host}${url}`))
        servers.push(server)
        await new Promise<void>((resolve) => server.listen(3100, dns.address(hostOf(name)), resolve))
      }
      nginx = new Daemon(program('nginx'), [...using(config), '-g', 'daemon off;'])
      await nginx.answers(url('/healthz'))
    })
    afterAll(async () => {
      // TERM, not KILL: the master takes its workers with it.
      await nginx?.stop('SIGTERM')
      for (const server of servers) server.close()
    })

    test.each([
      ['/prometheus/api/v1/query?query=up', 'mimir-query-frontend'],
      ['/prometheus/api/v1/rules', 'mimir-ruler'],
      ['/prometheus/api/v1/alerts', 'mimir-ruler'],
      ['/prometheus/config/v1/rules/anonymous', 'mimir-ruler'],
      ['/alertmanager/api/v2/alerts', 'mimir-alertmanager'],
    ])('%s goes to %s, path and query as they came', async (path, upstream) => {
      const response = await fetch(url(path))
      expect(await response.text()).toBe(`${upstream} ${dns.address(hostOf(upstream))}:3100${path}`)
    })

    test.each(['/', '/metrics', '/config'])('%s goes nowhere', async (path) => {
      expect((await fetch(url(path))).status).toBe(404)
    })
  })
})
