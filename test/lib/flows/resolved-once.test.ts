import { join } from 'node:path'
import { FUNCTIONS, input, toResourceList } from '../../support/examples.ts'

const FLOWS = '../../../functions/lib/flows'

/** Counts the calls of a function of a module that is loaded afterwards. */
function counted(module: string, name: string): jest.Mock {
  const actual = jest.requireActual(`${FLOWS}/${module}.ts`) as Record<string, (...args: unknown[]) => unknown>
  const count = jest.fn(actual[name])
  jest.doMock(`${FLOWS}/${module}.ts`, () => ({ ...actual, [name]: count }))
  return count
}

test('a run of all functions resolves flows, backends and scrapes once, and indexes the build once more for replicas', async () => {
  // Load the modules again, so that they use the functions that count.
  jest.resetModules()
  const topology = counted('topology', 'topologyOf')
  const flows = counted('resolve', 'resolveFlows')
  const backends = counted('backends', 'backendCalls')
  const scrapes = counted('scrapes', 'scrapesOf')
  const { run } = await import('../../../functions/lib/runner/run.ts')
  const { plan } = await import('../../../functions/hardening/plan.ts')
  const name = 'one-policy-hardens-a-whole-application'
  const { resources, policy } = input({ name, folder: join(FUNCTIONS, 'hardening/examples', name) })
  const declared = policy.match(/^ {4}\S+:\S+:\n {6}from:/gm)?.length ?? 0
  expect(declared).toBeGreaterThan(0)
  expect((await run(toResourceList(resources, policy), plan)).exitCode).toBe(0)
  expect(flows).toHaveBeenCalledTimes(declared)
  expect(backends).toHaveBeenCalledTimes(1)
  expect(scrapes).toHaveBeenCalledTimes(1)
  expect(topology).toHaveBeenCalledTimes(2)
})
