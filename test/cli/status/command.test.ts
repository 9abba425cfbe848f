import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, folder, krmHardening, removeFolders, run, tree } from '../lib/command-line.ts'

afterAll(removeFolders)

/** Runs the command for a kubeconfig, with a home that has none. */
const status = (args: readonly string[], kubeconfig?: string) =>
  krmHardening(['status', ...args], { env: { HOME: folder(), KUBECONFIG: kubeconfig } })

const TOKEN = 'a-token-that-nobody-may-see'
const config = (server: string): string => {
  const text = JSON.stringify({
    clusters: [{ name: 'there', cluster: { server } }],
    users: [{ name: 'me', user: { token: TOKEN } }],
    contexts: [{ name: 'home', context: { cluster: 'there', user: 'me' } }],
    'current-context': 'home',
  })
  return join(tree({ kubeconfig: text }), 'kubeconfig')
}

test('a program without its client names what is missing', async () => {
  const alone = join(folder(), 'cli.cjs')
  copyFileSync(CLI, alone)
  expect(await run(process.execPath, [alone, 'status'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'error: cluster.cjs is not next to this program, as it is in the package\n',
  })
})

describe('a cluster that cannot be asked ends with 2:', () => {
  test('no kubeconfig', async () => {
    expect(await status([])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('no kubeconfig found'),
    })
  })

  test('a kubeconfig that does not exist', async () => {
    const { exitCode, stderr } = await status(['--kubeconfig', '/nowhere/config'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: /nowhere/config cannot be read as a kubeconfig: ENOENT\n',
    })
  })

  test('a file that is no kubeconfig, and nothing of it is printed', async () => {
    const file = join(tree({ kubeconfig: `users:\n- user: {token: ${TOKEN}\n` }), 'kubeconfig')
    const { exitCode, stderr } = await status([], file)
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `error: ${file} cannot be read as a kubeconfig\n` })
  })

  test('a context that the kubeconfig does not have', async () => {
    const { exitCode, stderr } = await status(['--context', 'away'], config('https://127.0.0.1:1'))
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: the kubeconfig has no context away; it has home\n',
    })
  })

  test('a server that does not answer', async () => {
    const { exitCode, stdout, stderr } = await status([], config('https://127.0.0.1:1'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^error: https:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/)
    expect(stderr).not.toContain(TOKEN)
  })
})
