import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { propose } from '../../cli/init/propose.ts'
import { policyFiles } from '../../cli/init/write/files.ts'
import { folder, removeFolders, run } from '../cli/lib/command-line.ts'
import { kustomize } from '../support/programs.ts'
import { objectsOf } from '../support/stacks.ts'

afterAll(removeFolders)

const build = (name: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: main, image: a, args: ["udp://store:514", "mail.tools.svc:25"]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: a, args: ["store.tools.svc:7000"]}]}
---
apiVersion: v1
kind: Service
metadata: {name: store, namespace: shop}
spec: {type: NodePort, selector: {app: ${name}}, ports: [{port: 514, protocol: UDP}]}
`

/** What Kustomize reads of the policy that init writes for a build with a workload of this name. */
async function policyFor(name: string): Promise<{ spec: Record<string, Record<string, object>>; notes: string[] }> {
  const root = folder()
  const found = await propose(objectsOf(build(name)))
  for (const [file, text] of policyFiles(['images', 'securityContext', 'istio', 'networkPolicy'], found))
    writeFileSync(join(root, file), text)
  const { stdout, stderr } = await run(kustomize(), ['build', root])
  expect(stderr).toBe('')
  return { ...(load(stdout) as { spec: Record<string, Record<string, object>> }), notes: found.notes }
}

test('names as long as a key can be are read by Kustomize', async () => {
  const name = 'x'.repeat(900)
  const { spec } = await policyFor(name)
  expect(Object.keys(spec.flows ?? {})).toEqual(['tools/mail:25', 'tools/store:7000', `shop/${name}:514`].toSorted())
})

test('longer names, which no cluster has, are left out and said', async () => {
  const { spec, notes } = await policyFor('x'.repeat(1100))
  expect(Object.keys(spec.flows ?? {})).toEqual(['tools/mail:25'])
  expect(notes).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^shop\/x+…: a name of 1109 characters, .* 1000 at most; it was left out$/),
    ]),
  )
})
