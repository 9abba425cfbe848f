import { expect, test } from '@jest/globals'
import { calls, needy, numbers, podsOf } from './pods.ts'

const API = 'pingcap.com/v1alpha1'

test('the operator calls the components whose state it needs', () => {
  const spec = { pd: {}, tikv: {}, tidb: {}, tiflash: {}, ticdc: {}, tiproxy: {}, pump: {} }
  const called = podsOf(API, 'TidbCluster', spec).map(({ name, operator }) => [name, operator?.ports])
  expect(called).toEqual([
    ['x-discovery', undefined],
    ['x-pd', [2379]],
    ['x-tikv', [20180]],
    ['x-tidb', [10080]],
    ['x-tiflash', undefined],
    ['x-ticdc', [8301]],
    ['x-tiproxy', [3080]],
    ['x-pump', undefined],
  ])
})

test('clients of tidb call the port of its Service', () => {
  const [, tidb] = podsOf(API, 'TidbCluster', { tidb: { service: { port: 3306 } } })
  expect(tidb?.services?.['x-tidb']).toEqual({ 3306: 4000, 10080: 10080 })
  expect(podsOf(API, 'TidbCluster', { tidb: {} })[1]?.services?.['x-tidb']).toEqual({ 4000: 4000, 10080: 10080 })
})

test('single pods are reached by the Services of their components', () => {
  const services = podsOf(API, 'TidbCluster', { pd: {}, tikv: {} }).map((pods) => Object.keys(pods.services ?? {}))
  expect(services).toEqual([['x-discovery'], ['x-pd', 'x-pd-peer'], ['x-tikv-peer']])
})

test('a TidbMonitor scrapes the components of its clusters, which it finds in the API server', () => {
  const pods = podsOf(API, 'TidbMonitor', { grafana: {}, clusters: [{ name: 'c', namespace: 'db' }] })
  expect(numbers(pods)).toEqual([['x-monitor', [9090, 9089, 3000]]])
  expect(needy(pods)).toEqual(['x-monitor'])
  expect(calls(pods)).toContain('db/c-tikv-peer:20180')
  expect(numbers(podsOf(API, 'TidbMonitor', {}))).toEqual([['x-monitor', [9090, 9089]]])
})
