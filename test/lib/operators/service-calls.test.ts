import { expect, test } from '@jest/globals'
import { callTo } from '../../../functions/lib/operators/service-calls.ts'

test.each([
  ['http://store', [{ namespace: 'ns', service: 'store', port: 80 }]],
  ['https://store.shop/path?x=1', [{ namespace: 'shop', service: 'store', port: 443 }]],
  ['http://user:secret@store.shop.svc.cluster.local.:8080/', [{ namespace: 'shop', service: 'store', port: 8080 }]],
  ['store.shop.svc:9092', [{ namespace: 'shop', service: 'store', port: 9092 }]],
  ['store', []],
  ['https://store.example.com', []],
  ['', []],
  [undefined, []],
])('%s names %j', (text, calls) => {
  expect(callTo(text, 'ns')).toEqual(calls)
})

test('a host without a port has that of its protocol', () => {
  expect(callTo('db', 'ns', 5432)).toEqual([{ namespace: 'ns', service: 'db', port: 5432 }])
  expect(callTo('db:5433', undefined, 5432)).toEqual([{ namespace: '', service: 'db', port: 5433 }])
})
