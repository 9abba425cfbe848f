import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readObjects } from '../../../cli/read-objects.ts'
import { isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { containersOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { runsPods, workloadsOf } from '../../../functions/lib/kubernetes/workload.ts'
import { commit, filesOf, git, goldens } from '../../adopt/lib.ts'
import { folder, IMAGE, removeFolders } from '../../cli/lib/command-line.ts'
import { krmHardening } from '../../cli/lib/in-process.ts'
import { admits, type Endpoint } from '../../network-policy-default-deny/evaluate.ts'
import { tally } from '../../support/tally.ts'

// What a stranger meets in the first hour, on five stacks that are written as others write theirs: what `init` proposes, what a
// person edits (edit.patch), and whether the rendered policies admit what the application needs, and nothing else (truth.yaml).
const STRANGERS = join(__dirname, '../../adopt/strangers')
const names = readdirSync(STRANGERS)
if (names.length < 5) throw new Error('fewer stacks than there are kinds of strangers: the search is wrong')

interface Truth {
  /** Options of `init`. */
  init: string[]
  /** The findings about what the first proposal cuts off. */
  cutOff: string[]
  /** Pods of other builds, and addresses. */
  pods: Record<string, { namespace: string; labels: Record<string, string> }>
  addresses: Record<string, string>
  /**
   * `caller > callee port/protocol`; `everyone` is every workload of the build. Whom `anyone` may call takes calls from every end,
   * and what may call `anyone` calls every end: the other end decides for itself.
   */
  calls: string[]
  /** What a policy also admits, because it cannot tell it from a call. */
  coarse: string[]
  /** `workload port` that takes plain text. */
  plain: string[]
}

afterAll(removeFolders)

describe.each(names)('%s', (name) => {
  const truth = parse(readFileSync(join(STRANGERS, name, 'truth.yaml'), 'utf8')) as Truth
  let root: string
  const said: string[] = []
  const krm = (...args: string[]) => krmHardening([...args, '.'], { cwd: root })

  beforeAll(async () => {
    root = folder()
    cpSync(join(STRANGERS, name, 'manifests'), root, { recursive: true })
    await git(root, 'init', '--quiet')
    await commit(root)
  })

  test('init proposes what its golden shows', async () => {
    const { exitCode, stdout } = await krm('init', ...truth.init)
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('To review') })
    const files = filesOf(join(root, 'hardening'))
    const policy = files['policy.yaml']?.replace(IMAGE, 'PUBLISHED_IMAGE') ?? ''
    const [, review = ''] = stdout.split('To review\n')
    const written = { ...files, 'policy.yaml': policy, 'review.txt': review.split('\nNext: ')[0] ?? '' }
    expect(written).toEqual(goldens(name, written))
  })

  test('check names what is cut off before the edit', async () => {
    const { stdout, stderr } = await krm('check')
    said.push(...`${stdout}${stderr}`.split('\n'))
    expect(truth.cutOff.filter((line) => !said.some((one) => one.includes(line)))).toEqual([])
    const unnamed = said.filter((line) => line.includes('nobody may call it'))
    expect(unnamed.filter((line) => !truth.cutOff.some((one) => line.includes(one)))).toEqual([])
  })

  test('render, verify and check pass after the edit', async () => {
    await git(root, 'apply', join(STRANGERS, name, 'edit.patch'))
    for (const command of ['render', 'verify', 'check']) {
      const { exitCode, stdout, stderr } = await krm(command)
      expect({ command, exitCode, errors: `${stdout}${stderr}`.match(/^\s*error: .*/gm) ?? [] }).toEqual({
        command,
        exitCode: 0,
        errors: [],
      })
      expect(stdout).not.toContain('nobody may call it')
    }
  })

  test('each workload reaches exactly what the application needs', async () => {
    const objects = readObjects((await krm('render')).stdout, name)
    const reached = reachedIn(objects, truth)
    expect({ ...reached, plain: plainPorts(objects) }).toEqual({
      ...neededBy(objects, truth),
      plain: truth.plain.toSorted(),
    })
  })
})

const ANYONE = 'anyone'

type Direction = 'Egress' | 'Ingress'
type Reached = Record<Direction, string[]>

const ownNames = (objects: readonly KubernetesObject[]): string[] =>
  workloadsOf(objects)
    .filter(runsPods)
    .map(({ name }) => name)

/** Every end by its name: the pods of the build and of others, and the addresses. */
function endsOf(objects: readonly KubernetesObject[], { pods, addresses }: Truth): Map<string, Endpoint> {
  const own = workloadsOf(objects)
    .filter(runsPods)
    .map(({ name, namespace, labels }, index): [string, Endpoint] => [
      name,
      { namespace, labels, address: `10.1.0.${index + 1}` },
    ])
  const others = Object.entries(pods).map(([name, pod], index): [string, Endpoint] => [
    name,
    { ...pod, address: `10.2.0.${index + 1}` },
  ])
  return new Map([
    ...own,
    ...others,
    ...Object.entries(addresses).map(([name, address]) => [name, { address }] as const),
  ])
}

/** Every port that anything of the build or of the truth has, by both protocols. */
function portsOf(objects: readonly KubernetesObject[], { calls }: Truth): number[] {
  const declared = workloadsOf(objects).flatMap(({ template }) =>
    containersOf(template).flatMap(({ container }) =>
      (container.ports ?? []).map(({ containerPort }) => containerPort),
    ),
  )
  return [...new Set([...declared, ...calls.map((call) => callOf(call).port), 1, 22, 8888])].sort((a, b) => a - b)
}

/** What the policies admit at each end: of a pair in the build both must agree, so both are asked. */
function reachedIn(objects: readonly KubernetesObject[], truth: Truth): Reached {
  const policies = objects.filter((object) => isKind(object, 'networking.k8s.io', 'NetworkPolicy'))
  const ends = [...endsOf(objects, truth)]
  const own = new Set(ownNames(objects))
  const ports = portsOf(objects, truth)
  const admitted = (direction: Direction): string[] =>
    ends.flatMap(([caller, from]) =>
      ends
        .filter(([callee]) => own.has(direction === 'Egress' ? caller : callee))
        .flatMap(([callee, to]) =>
          ports.flatMap((port) =>
            ['TCP', 'UDP']
              .filter((protocol) => admits(policies, direction, { from, to, protocol, port }))
              .map((protocol) => `${caller} > ${callee} ${port}/${protocol}`),
          ),
        ),
    )
  tally('pairs', ends.length ** 2 * ports.length)
  return { Egress: admitted('Egress').sort(), Ingress: admitted('Ingress').sort() }
}

const callOf = (call: string): { from: string; to: string; port: number; protocol: string } => {
  const [, from, to, port, protocol] = /^(\S+) > (\S+) (\d+)\/(TCP|UDP)$/.exec(call) ?? []
  if (!from || !to || !protocol) throw new Error(`${call}: expected caller > callee port/protocol`)
  return { from, to, port: Number(port), protocol }
}

/** What the truth says, at each end. */
function neededBy(objects: readonly KubernetesObject[], truth: Truth): Reached {
  const ends = [...endsOf(objects, truth).keys()]
  const own = ownNames(objects)
  const meant = (end: string): string[] => (end === ANYONE ? ends : end === 'everyone' ? own : [end])
  const unknown = (end: string): boolean => meant(end).some((one) => !ends.includes(one))
  const pairs = [...truth.calls, ...truth.coarse].flatMap((call) => {
    const { from, to, port, protocol } = callOf(call)
    if (unknown(from) || unknown(to)) throw new Error(`${call}: names an end that is not there`)
    return meant(from).flatMap((caller) =>
      meant(to).map((callee) => ({ caller, callee, from, to, text: `${caller} > ${callee} ${port}/${protocol}` })),
    )
  })
  const texts = (wanted: typeof pairs): string[] => [...new Set(wanted.map(({ text }) => text))].sort()
  return {
    Egress: texts(pairs.filter(({ caller, from }) => own.includes(caller) && from !== ANYONE)),
    Ingress: texts(pairs.filter(({ callee, to }) => own.includes(callee) && to !== ANYONE)),
  }
}

/** The ports at which the mesh takes plain text, as `workload port`. */
const plainPorts = (objects: readonly KubernetesObject[]): string[] =>
  objects
    .filter((object) => isKind(object, 'security.istio.io', 'PeerAuthentication'))
    .flatMap((object) =>
      Object.entries(valueAt(object, ['spec', 'portLevelMtls']) ?? {}).map(
        ([port]) => `${object.metadata.name} ${port}`,
      ),
    )
    .sort()
