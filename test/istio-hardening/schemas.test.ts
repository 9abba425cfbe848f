import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { GENERATED_KINDS } from '../../functions/istio-hardening/objects/objects.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { examplesOf } from '../support/examples.ts'
import { schemaError, unknownFields } from '../support/schemas.ts'

const istioObjects = examplesOf('istio-hardening')
  .map(({ folder }) => join(folder, 'expected.yaml'))
  .filter((path) => existsSync(path))
  .flatMap((path) => loadAll(readFileSync(path, 'utf8')) as KubernetesObject[])
  .filter(({ apiVersion }) => apiVersion.includes('.istio.io/'))

test('every Istio object of the examples is one that Istio knows', () => {
  const kinds = new Set(istioObjects.map(({ kind }) => kind))
  expect([...kinds]).toEqual(expect.arrayContaining(GENERATED_KINDS.map(([, kind]) => kind)))
  expect(istioObjects.flatMap((object) => schemaError(object) ?? [])).toEqual([])
  expect(unknownFields(istioObjects)).toEqual([])
})
