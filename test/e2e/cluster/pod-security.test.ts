import type { Fields, KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { isLaxer, LEVELS, type Level } from '../../../functions/security-context-enforcer/checks/levels.ts'
import { harden, namespace } from '../../security-context-enforcer/harden.ts'
import { eventually } from '../../support/eventually.ts'
import fc from '../../support/fast-check.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { type Cluster, startCluster } from './lib/cluster.ts'
import { pods } from './lib/pods.ts'
import { policies } from './lib/policies.ts'
import { builtPrograms, type Programs } from './lib/programs.ts'

// Pods of every shape, many of them insecure, are hardened and put to the admission of a real Kubernetes. Its verdict must
// be the one that the function foresees with the level that it writes on the namespace: see
// https://kubernetes.io/docs/concepts/security/pod-security-admission/

const SAMPLES = fc.sample(fc.tuple(pods, policies), { numRuns: 500, seed: 1 })
/** The oldest version that is offered, and those that came with new checks or exemptions. */
const VERSIONS = ['v1.25', 'v1.31', 'v1.34', 'v1.35', 'v1.36']
const ENFORCE = 'pod-security.kubernetes.io/enforce'

/** A pod as it was hardened, and the level that its namespace was given. */
interface Hardened {
  pod: KubernetesObject
  level: Level
  isExcepted: boolean
}

/** Hardens a pod. A check that refuses it gets an exception then, so that what it refused is left as it was. */
function hardened(pod: KubernetesObject, policy: Fields, allowed: readonly string[] = []): Hardened {
  const [shop, copy] = [namespace('shop'), structuredClone(pod)]
  const exceptions = { cart: Object.fromEntries(allowed.map((check) => [check, 'because'])) }
  const refusals = harden([shop, copy], { ...policy, exceptions }).filter(({ severity }) => severity === 'error')
  const checks = refusals.flatMap(({ tags }) => tags?.check ?? [])
  // Admission does not judge a user that nobody chose: without it, the image chooses.
  if (refusals.length > checks.length && policy.runAsUser !== 'off')
    return hardened(pod, { ...policy, runAsUser: 'off' }, allowed)
  if (refusals.length > checks.length || checks.some((check) => allowed.includes(check)))
    throw new Error(`An exception does not help: ${refusals.map(({ message }) => message).join('\n')}`)
  if (checks.length > 0) return hardened(pod, policy, [...allowed, ...checks])
  return { pod: copy, level: levelOf(shop), isExcepted: allowed.length > 0 }
}

function levelOf({ metadata }: KubernetesObject): Level {
  const level = LEVELS.find((candidate) => candidate === metadata.labels?.[ENFORCE])
  if (level === undefined) throw new Error(`Namespace ${metadata.name} enforces ${metadata.labels?.[ENFORCE]}`)
  return level
}

let programs: Programs
let cluster: Cluster
beforeAll(() => {
  programs = builtPrograms()
}, TIME_TO_BUILD)
beforeAll(async () => {
  cluster = await startCluster(programs)
}, 180_000)
afterAll(() => cluster?.stop())

const nameOf = (level: Level, version: string): string => `${level}-${version.replace('.', '-')}`

/** Makes the namespaces that enforce each level by a version, and waits for the account of their pods. */
async function makeNamespaces(version: string): Promise<void> {
  const labels = (level: Level) => ({ [ENFORCE]: level, [`${ENFORCE}-version`]: version })
  const items = LEVELS.map((level) => namespace(nameOf(level, version), labels(level)))
  const { stderr, exitCode } = await cluster.kubectl(['create', '--filename=-'], listOf(items))
  if (exitCode !== 0) throw new Error(stderr)
  const missing = async (): Promise<string[]> => {
    const accounts = await cluster.list('serviceaccounts')
    const ready = new Set(accounts.map(({ metadata }) => metadata.namespace))
    return items.map(({ metadata }) => metadata.name).filter((name) => !ready.has(name))
  }
  expect(await eventually(missing, (names) => names.length === 0)).toEqual([])
}

const listOf = (items: readonly KubernetesObject[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })

/** Why the server refuses pods, by their index. */
async function refusals(asked: readonly { pod: KubernetesObject; namespace: string }[]): Promise<Map<number, string>> {
  const items = asked.map(({ pod, namespace }, index) => ({
    ...pod,
    metadata: { ...pod.metadata, name: `pod-${index}`, namespace },
  }))
  const { stdout, stderr } = await cluster.kubectl(
    ['create', '--dry-run=server', '--output=name', '--filename=-'],
    listOf(items),
  )
  const taken = new Set(stdout.split('\n'))
  const refused = items.flatMap(({ metadata: { name } }, index) => (taken.has(`pod/${name}`) ? [] : [{ name, index }]))
  const said = (name: string): string => stderr.split('\n').find((line) => line.includes(`"${name}"`)) ?? stderr
  return new Map(refused.map(({ name, index }) => [index, said(name)]))
}

describe.each(VERSIONS)('by the policy of %s', (version) => {
  let cases: (Hardened & { asked: Level })[]
  beforeAll(async () => {
    await makeNamespaces(version)
    const invalid = await refusals(SAMPLES.map(([pod]) => ({ pod, namespace: nameOf('privileged', version) })))
    cases = SAMPLES.filter((_, index) => !invalid.has(index)).map(([pod, policy]) => ({
      ...hardened(pod, { ...policy, version }),
      asked: policy.level === 'baseline' ? 'baseline' : 'restricted',
    }))
  }, 180_000)

  test('enough pods of every kind are valid', () => {
    for (const level of LEVELS) expect(cases.filter((one) => one.level === level).length).toBeGreaterThan(40)
    expect(cases.filter(({ isExcepted }) => !isExcepted).length).toBeGreaterThan(200)
    expect(cases.filter(({ isExcepted }) => isExcepted).length).toBeGreaterThan(50)
  })

  test('each is admitted at the level that its namespace enforces', async () => {
    const asked = cases.map(({ pod, level }) => ({ pod, namespace: nameOf(level, version) }))
    expect(await refusals(asked)).toEqual(new Map())
  })

  test('none is admitted at a stricter one', async () => {
    const asked = cases.flatMap(({ pod, level }) => {
      const stricter = LEVELS[LEVELS.indexOf(level) + 1]
      return stricter ? [{ pod, namespace: nameOf(stricter, version) }] : []
    })
    const refused = await refusals(asked)
    expect(refused.size).toBe(asked.length)
    for (const refusal of refused.values()) expect(refusal).toContain('violates PodSecurity')
  })

  test('no pod was refused that meets the level that was asked for', () => {
    expect(cases.filter(({ isExcepted, level, asked }) => isExcepted && !isLaxer(level, asked))).toEqual([])
  })
})
