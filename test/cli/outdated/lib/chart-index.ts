import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

let server: Server
/** The address of a repository of charts on loopback, which runs during the tests of whatever imports this. */
export let url: string
export const requests: { path: string | undefined; authorization: string | undefined }[] = []
const INDEX = {
  apiVersion: 'v1',
  entries: {
    blog: [
      { version: '0.9.0' },
      { version: 'v1.0.1' },
      { version: '1.1.0-beta.1' },
      { version: '1.1.0' },
      { version: 'no version' },
    ],
  },
}

beforeAll(async () => {
  server = createServer(({ url: path, headers }, answer) => {
    requests.push({ path, authorization: headers.authorization })
    if (path?.startsWith('/charts/')) answer.end(JSON.stringify(INDEX))
    else if (path?.startsWith('/text/')) answer.end('a login page: {')
    else answer.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
