import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIXTURES, fixtures, removeFolders } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

const flow = (key: string, ...from: string[]): string => `    ${key}:\n      from: [${from.join(', ')}]\n`

/** The fixtures with these flows in the policy that all stacks share. */
function withFlows(...flows: string[]): string {
  const root = fixtures()
  const policy = join(root, 'policy/policy.yaml')
  writeFileSync(policy, `${readFileSync(policy, 'utf8')}  flows:\n${flows.join('')}`)
  return root
}

const check = (root: string, ...args: string[]) => krmHardening(['check', 'environment', ...args], { cwd: root })

describe('check', () => {
  test('passes flows whose callers and destinations are in the environment, in whichever stack', async () => {
    const root = withFlows(
      flow('shop/web:http', 'blog/blog'),
      `${flow('blog/web:2368', 'shop/shop', 'shop/*', 'self')}      reason: one team\n`,
    )
    const { stdout, exitCode } = await check(root)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^2 flows match\nServices: \d+; ports: \d+, called: \d+, uncalled: 0; flows: 2\n$/)
  })

  test('finds a caller that matches no pod of any stack', async () => {
    const { stdout, exitCode } = await check(withFlows(flow('shop/web:http', 'blog/blgo')))
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'error: flows/no-such-caller: flow shop/web:http: found caller blog/blgo, which matches no pod of any stack (did you mean blog/blog?); expected one of blog/*, blog/blog\n',
    )
    expect(stdout).toContain('1 flows checked; they do NOT all match\n')
  })

  test('finds a destination that no stack has', async () => {
    const { stdout, exitCode } = await check(withFlows(flow('blog/wbe:http', 'shop/shop')))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /error: flows\/unknown-destination: flow blog\/wbe:http: found no workload wbe in namespace blog.*did you mean web\?/,
    )
  })

  test('finds a destination without a Service that carries the port', async () => {
    const { stdout, exitCode } = await check(withFlows(flow('blog/tidy:8080', 'shop/shop')))
    expect(exitCode).toBe(1)
    expect(stdout).toContain('flow blog/tidy:8080: found no Service that selects it and carries port 8080')
  })

  test('warns of a namespace of none of the stacks, and fails if the environment is said to be all there is', async () => {
    const root = withFlows(flow('shop/web:http', 'prometheus/prometheus'))
    const message =
      'flows/not-checked: flow shop/web:http: the caller was not checked: nothing of namespace prometheus is in this environment'
    const partial = await check(root)
    expect(partial.exitCode).toBe(0)
    expect(partial.stdout).toContain(`warning: ${message}`)
    const complete = await check(root, '--complete')
    expect(complete.exitCode).toBe(1)
    expect(complete.stdout).toContain(`error: ${message}`)
  })

  test('accepts what the policy says is elsewhere, and names entries that no flow needs', async () => {
    const outside = (...pods: string[]): string =>
      `  elsewhere:\n${pods.map((entry) => `    ${entry}: {reason: another team}\n`).join('')}`
    const flows = flow('shop/web:http', 'blog/adapter', 'prometheus/prometheus')
    const known = withFlows(flows, outside('blog/adapter', 'prometheus'))
    const complete = await check(known, '--complete')
    expect(complete.exitCode).toBe(0)
    expect(complete.stdout).toMatch(/^1 flows match\n/)
    const tooMuch = await check(withFlows(flows, outside('blog/adapter', 'prometheus', 'blog/adapt')))
    expect(tooMuch.exitCode).toBe(0)
    expect(tooMuch.stdout).toContain('warning: flows/unneeded-elsewhere: elsewhere.blog/adapt: no flow needs it')
  })

  test('accepts callers that a flow or runtimePods declares to be made at run time', async () => {
    const made = (label: string): string => `{namespace: blog, labels: {made: ${label}}}`
    const root = withFlows(
      flow('shop/web:http', made('broker'), made('job'), made('nowhere')),
      '    blog/broker:9092: {from: [self], selector: {made: broker}}\n',
      '  networkPolicy:\n    runtimePods: {blog/job: {labels: {made: job}}}\n',
      '    namespaces: {blog: {off: true, reason: its CronJob has no labels}}\n',
    )
    const { stdout, exitCode } = await check(root)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('found caller {"namespace":"blog","labels":{"made":"nowhere"}}, which matches no pod')
    expect(stdout.match(/found caller/g)).toHaveLength(1)
  })

  test('finds a flow that two policies write differently', async () => {
    const root = withFlows(flow('shop/web:http', 'blog/blog'))
    const own = join(root, 'environment/stacks/shop')
    writeFileSync(
      join(own, 'policy.yaml'),
      readFileSync(join(root, 'policy/policy.yaml'), 'utf8').replace('[blog/blog]', '[shop/shop]'),
    )
    const kustomization = join(own, 'kustomization.yaml')
    writeFileSync(kustomization, readFileSync(kustomization, 'utf8').replace('../../../policy', 'policy.yaml'))
    const { stdout, exitCode } = await check(root)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('flow shop/web:http is written in two ways')
  })

  test('lists findings for machines', async () => {
    const { stdout, exitCode } = await check(withFlows(flow('shop/web:http', 'blog/nobody')), '-o', 'json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      flows: 1,
      findings: [{ severity: 'error', stack: 'environment', tags: { function: 'check' } }],
    })
  })

  test('lists what a stack before the last stage will cut off', async () => {
    const root = withFlows(flow('shop/web:http', 'blog/blog'), '  networkPolicy:\n    stage: audit\n')
    const stack = await krmHardening(['check', 'environment/stacks/shop'], { cwd: root })
    expect(stack.stdout).toMatch(/may call nothing but DNS: /)
  })

  test('fails a tree that declares no policy', async () => {
    const { stdout, stderr, exitCode } = await krmHardening(['check', 'environment/cluster'], { cwd: FIXTURES })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('no krm-hardening policy found, so there are no flows to check')
  })
})
