import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixtures, removeFolders, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

/** Draws the fixtures with flows in the policy that all stacks share. */
function graph(flows: string, ...args: string[]) {
  const cwd = fixtures()
  const policy = join(cwd, 'policy/policy.yaml')
  writeFileSync(policy, `${readFileSync(policy, 'utf8')}  flows:\n${flows}`)
  return krmHardening(['graph', 'environment', ...args], { cwd })
}

const FLOWS = `
    shop/web:http:
      from: [blog/blog, prometheus/prometheus, 'batch/*', {namespace: batch, labels: {job: "say \\"hi\\""}}]
    shop/web:9095:
      from: [blog/blog]
      plain: true
    blog/web:2368:
      from: [any]
      reason: it is public
    external/api.example.com:443:
      from: [shop/shop]
    elsewhere/api:80:
      from: [nobody/nobody]
`.slice(1)

test('draws namespaces as boxes, what is outside next to them, and what bypasses the mesh dotted', async () => {
  const { stdout, exitCode } = await graph(FLOWS)
  expect(exitCode).toBe(0)
  expect(stdout).toBe(`flowchart LR
  subgraph ns0["batch"]
    n2["every pod"]
    n3["job=say #quot;hi#quot;"]
  end
  subgraph ns1["blog"]
    n4["web"]
  end
  subgraph ns2["prometheus"]
    n5["prometheus"]
  end
  subgraph ns3["shop"]
    n6["web"]
  end
  n0["anyone"]
  n1["api.example.com"]
  n0 -->|"2368"| n4
  n6 -->|"443"| n1
  n4 -.->|"9095"| n6
  n4 -->|"http"| n6
  n3 -->|"http"| n6
  n2 -->|"http"| n6
  n5 -->|"http"| n6
`)
})

test('prints the same for machines', async () => {
  const { stdout } = await graph('    shop/web:9095:\n      from: [blog/blog]\n      plain: true\n', '--output', 'json')
  expect(JSON.parse(stdout)).toMatchObject({
    edges: [
      { from: { namespace: 'blog', name: 'web' }, to: { namespace: 'shop', name: 'web' }, port: '9095', plain: true },
    ],
    coverage: { uncalled: 0, flows: 1 },
  })
})

test('refuses a folder without a policy, which has no flows', async () => {
  const cwd = tree({ 'kustomization.yaml': 'resources: []\n' })
  const { stdout, stderr, exitCode } = await krmHardening(['graph'], { cwd })
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
  expect(stderr).toContain('no krm-hardening policy found, so there are no flows to draw')
})
