import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../../support/free-port.ts'
import { program, systemTools, tree } from '../lib/command-line.ts'
import { krmHardening } from '../lib/in-process.ts'
import { helmRelease, outdated, RELEASE, repository, saidOf, source } from './lib/acme.ts'
import { url } from './lib/chart-index.ts'

describe('where docker alone is there', () => {
  const SECRET = Buffer.from('robot:s3cret-of-docker').toString('base64')
  let registry: Server
  let host: string
  const asked: string[] = []

  beforeAll(async () => {
    registry = createServer(({ url: path = '', headers }, answer) => {
      const { pathname, searchParams } = new URL(path, 'http://registry')
      asked.push(`${pathname} ${headers.authorization?.split(' ')[0] ?? 'nobody'}`)
      if (pathname === '/token') {
        const isKnown = headers.authorization === `Basic ${SECRET}`
        answer.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token: `for ${searchParams.get('scope')}` }))
      } else if (headers.authorization !== 'Bearer for repository:acme/web:pull')
        answer
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="registry"` })
          .end('{"errors":[]}')
      else if (searchParams.get('last') === null)
        answer
          .writeHead(200, { link: '</v2/acme/web/tags/list?last=1.4.1>; rel="next"' })
          .end(JSON.stringify({ tags: ['1.4.1'] }))
      else answer.end(JSON.stringify({ tags: ['1.5.0'] }))
    }).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    host = `127.0.0.1:${(registry.address() as AddressInfo).port}`
  })
  afterAll(() => registry.close())

  const withDocker = (config: (registry: string) => object) => {
    const [tools, docker] = [systemTools(), tree({ 'config.json': JSON.stringify(config(host)) })]
    program(join(tools, 'docker'), '#!/bin/sh\nexit 1\n')
    program(
      join(tools, 'docker-credential-keys'),
      `#!/bin/sh\nread -r server; [ "$server" = '${host}' ] && echo '{"Username":"robot","Secret":"s3cret-of-docker"}'\n`,
    )
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: '${host}/acme/web:1.4.1'}]}\n`
    return krmHardening(['outdated', '--no-changes'], {
      cwd: tree({ 'pod.yaml': pod }),
      env: { PATH: tools, DOCKER_CONFIG: docker },
    })
  }

  test.each<[what: string, config: (registry: string) => object]>([
    ['in its file', (registry) => ({ auths: { [registry]: { auth: SECRET } } })],
    ['of a helper', (registry) => ({ credHelpers: { [registry]: 'keys' } })],
    ['of a helper for all', () => ({ credsStore: 'keys' })],
  ])('the registry is asked with the credentials %s, page by page', async (_what, config) => {
    asked.length = 0
    const { stdout, stderr, exitCode } = await withDocker(config)
    expect(stderr).toBe('')
    expect(stdout).toContain(`${host}/acme/web 1.4.1: minor 1.5.0\n`)
    expect(exitCode).toBe(1)
    expect(asked).toEqual([
      '/v2/acme/web/tags/list nobody',
      '/token Basic',
      '/v2/acme/web/tags/list Bearer',
      '/v2/acme/web/tags/list Bearer',
    ])
  })

  test('a registry that gives no token is named, and nothing of the credentials', async () => {
    const { stdout, stderr, exitCode } = await withDocker((registry) => ({
      auths: { [registry]: { auth: Buffer.from('robot:wrong-password').toString('base64') } },
    }))
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      `tags of ${host}/acme/web, for pod.yaml:4 spec.containers[0].image: it gives no token: 401`,
    )
    expect(stdout + stderr).not.toContain('wrong-password')
  })
})

describe('what does not answer', () => {
  const files = {
    'source.yaml': source('    tag: v1.2.3\n'),
    'release.yaml': RELEASE,
    'pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: quay.io/acme/secret:1.0.0}]}\n',
  }

  test('is reported with what was asked of it, the rest is answered, and the exit code says so', async () => {
    const { stdout, stderr, exitCode } = await outdated(tree(files))
    expect(stderr).toBe(
      'error: no answer to: tags of quay.io/acme/secret, for pod.yaml:4 spec.containers[0].image: GET https://quay.io/v2/token: denied\n',
    )
    expect(stdout).toContain('2 pinned, 1 outdated, 1 without an answer\n')
    expect(exitCode).toBe(2)
  })

  test.each([
    ['a repository that is not there', 'blog', '/nowhere', 'it answers 404 Not Found'],
    ['what is no index', 'blog', '/text', 'the answer is no YAML'],
    ['an index without the chart', 'toString', '/charts', 'the index has no such chart'],
  ])('%s', async (_what, chart, path, reason) => {
    const said = await saidOf({ 'release.yaml': helmRelease('1.0.0', chart), 'repo.yaml': repository(url + path) })
    expect(said).toMatchObject({
      ok: false,
      notAnswered: [{ asked: `versions of ${chart} in ${url}${path}/index.yaml`, reason }],
    })
  })

  test('a program that does not answer with a list of tags', async () => {
    const pages = systemTools()
    program(join(pages, 'skopeo'), '#!/bin/sh\necho a login page\n')
    const root = tree({ 'source.yaml': source('    tag: v1.2.3\n') })
    const { stderr, exitCode } = await krmHardening(['outdated'], { cwd: root, env: { PATH: pages } })
    expect(stderr).toContain('skopeo answered "a login page\\n"')
    expect(exitCode).toBe(2)
  })

  test('a registry where nothing listens', async () => {
    const said = await saidOf({
      'release.yaml': helmRelease('1.0.0'),
      'repo.yaml': repository(`http://127.0.0.1:${await freePort()}`),
    })
    expect(said.notAnswered).toMatchObject([{ reason: expect.stringContaining('ECONNREFUSED') }])
  })

  test('a registry, where no program asks any', async () => {
    const root = tree({ ...files, 'repo.yaml': repository(`${url}/charts`), 'blog.yaml': helmRelease('1.0.0') })
    const { stdout, stderr, exitCode } = await krmHardening(['outdated', '--no-changes'], {
      cwd: root,
      env: { PATH: systemTools() },
    })
    expect(stderr).toContain('no program that asks registries on PATH; expected one of skopeo, crane, docker')
    expect(stdout).toContain('blog 1.0.0: patch 1.0.1, minor 1.1.0\n')
    expect(exitCode).toBe(2)
  })
})
