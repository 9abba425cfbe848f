import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { componentsOf } from '../../../cli/checks/workflow-matrix.ts'
import { CLI, fixtures, folder, removeFolders, tree } from '../../cli/lib/command-line.ts'
import { flux, kustomizeProgram, TIME_TO_BUILD } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { root } from '../../support/stacks.ts'
import { runStep, stepOf } from '../release/lib/steps.ts'

// The shell of the workflows for Flux, with the command of Flux and a registry on loopback. What signs is a stand-in that asks
// the registry for what it is to sign, because a signature without a key needs Sigstore.
const PUSH = 'integrations/flux/push-artifact.yaml'
const RELEASE = 'integrations/flux/release-artifact.yaml'

let registry: Registry
let real: Record<string, string>

/** The digest of a tag, or undefined where nothing has it. */
async function digestOf(repository: string, tag: string): Promise<string | undefined> {
  const answer = await fetch(`http://${registry.address}/v2/${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  return answer.headers.get('Docker-Content-Digest') ?? undefined
}
const tagsOf = async (repository: string): Promise<string[]> => {
  const answer = await fetch(`http://${registry.address}/v2/${repository}/tags/list`)
  return answer.ok ? ((await answer.json()) as { tags: string[] }).tags : []
}

beforeAll(async () => {
  registry = await startRegistry([])
  const cosign = `reference=\${!#}
curl --fail --silent --output /dev/null --header 'Accept: application/vnd.oci.image.manifest.v1+json' "http://\${reference%%/*}/v2/$(sed 's|^[^/]*/||; s|@|/manifests/|' <<<"$reference")"`
  real = { flux: `exec '${flux()}' "$@"`, cosign }
}, TIME_TO_BUILD)
afterAll(async () => {
  await registry.stop()
  removeFolders()
})

const env = (component: string, sha: string, more: Record<string, string> = {}): Record<string, string> => ({
  GITHUB_REPOSITORY: 'Owner/Fleet',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REF_NAME: 'main',
  GITHUB_SHA: sha,
  COMPONENT: component,
  REGISTRY: registry.address,
  FOLLOWED: 'latest',
  ...more,
})
/** A folder with what the render job hands on. */
const renderedWith = (component: string, text: string): string =>
  tree({ [`rendered/${component}/controllers/staging/manifests.yaml`]: text })
const names = (calls: readonly string[]): string[] => calls.map((call) => call.split(' ').slice(0, 2).join(' '))

describe('push-artifact', () => {
  const script = stepOf(PUSH, 'Push, sign, then tag')
  const npx = `shift 2; exec '${process.execPath}' '${CLI}' "$@"`
  const render = (root: string, environments: string) =>
    runStep(
      stepOf(PUSH, 'Render, and prove it'),
      { npx },
      { ENVIRONMENTS: environments, KRM_HARDENING: 'x', KUSTOMIZE: kustomizeProgram() },
      root,
    )

  test('renders one file per stack, and proves them', () => {
    const root = fixtures()
    expect(render(root, 'environment')).toMatchObject({
      status: 0,
      calls: ['npx --yes x render environment --output rendered', 'npx --yes x verify rendered --policy environment'],
    })
    expect(readdirSync(join(root, 'rendered')).sort()).toEqual(['cluster', 'stacks'])
  })

  test('stops where a rendering is not hardened', () => {
    const root = tree({
      'bare/kustomization.yaml': 'resources: [pod.yaml]\n',
      'bare/pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: web}]}\n',
    })
    const { status, stderr } = render(root, 'bare')
    expect(status).toBe(1)
    expect(stderr).toContain('no krm-hardening policy found, so there is nothing to prove')
  })

  test('pushes a component, signs the digest that was pushed, then moves the tag', async () => {
    const { status, calls } = runStep(script, real, env('web', '0001'), renderedWith('web', 'kind: A\n'))
    const digest = await digestOf('owner/fleet/web', '0001')
    expect({ status, calls }).toEqual({
      status: 0,
      calls: [
        `flux diff artifact oci://${registry.address}/owner/fleet/web:latest --path=rendered/web`,
        `flux push artifact oci://${registry.address}/owner/fleet/web:0001 --path=rendered/web --output=json --source=https://github.com/Owner/Fleet --revision=main@sha1:0001`,
        `cosign sign --yes ${registry.address}/owner/fleet/web@${digest}`,
        `flux tag artifact oci://${registry.address}/owner/fleet/web:0001 --tag=latest`,
      ],
    })
    expect(await digestOf('owner/fleet/web', 'latest')).toBe(digest)
  })

  test('pushes nothing that is in the registry already, and again what changed', async () => {
    const push = (sha: string, text: string) => runStep(script, real, env('same', sha), renderedWith('same', text))
    push('0001', 'kind: A\n')
    const before = await digestOf('owner/fleet/same', 'latest')
    expect(names(push('0002', 'kind: A\n').calls)).toEqual(['flux diff'])
    expect(await digestOf('owner/fleet/same', 'latest')).toBe(before)
    expect(push('0003', 'kind: B\n').status).toBe(0)
    expect(await digestOf('owner/fleet/same', 'latest')).not.toBe(before)
  })

  test('Flux pulls what was rendered, file by file', () => {
    runStep(script, real, env('pulled', '0001'), renderedWith('pulled', 'kind: A\n'))
    const pulled = folder()
    execFileSync(
      flux(),
      ['pull', 'artifact', `oci://${registry.address}/owner/fleet/pulled:latest`, `--output=${pulled}`],
      {
        stdio: 'pipe',
      },
    )
    expect(readFileSync(join(pulled, 'controllers/staging/manifests.yaml'), 'utf8')).toBe('kind: A\n')
  })

  const changed = 'if [ "$2" = artifact ] && [ "$1" = diff ]; then exit 1; fi\n'
  test.each([
    ['is not pushed', { flux: 'exit 1', cosign: '' }, ['flux diff', 'flux push']],
    ['has no digest', { flux: `${changed}echo {}`, cosign: '' }, ['flux diff', 'flux push']],
    [
      'is not signed',
      { flux: `${changed}echo '{"digest": "sha256:abc"}'`, cosign: 'exit 1' },
      ['flux diff', 'flux push', 'cosign sign'],
    ],
  ])('moves no tag to what %s', (_what, programs, called) => {
    const { status, calls } = runStep(script, programs, env('web', '0001'))
    expect(status).not.toBe(0)
    expect(names(calls)).toEqual(called)
  })
})

describe('release-artifact', () => {
  /** A repository with these tags. */
  function repositoryWith(...tags: string[]): string {
    const root = folder()
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: root, encoding: 'utf8' })
    git('init', '--quiet')
    git('commit', '--quiet', '--allow-empty', '--message=a')
    for (const tag of tags) git('tag', tag)
    return root
  }
  const read = (tag: string, root: string) =>
    runStep(stepOf(RELEASE, 'Read the tag'), {}, { GITHUB_REF_NAME: tag, GITHUB_OUTPUT: join(root, 'output') }, root)

  test('takes component and version from the tag, and knows the newest release', () => {
    const root = repositoryWith('web/v1.9.0', 'web/v1.10.0', 'web/v2.0.0-rc.1', 'other/v3.0.0')
    expect(read('web/v1.9.0', root)).toMatchObject({
      status: 0,
      output: 'component=web\nversion=v1.9.0\nnewest=web/v1.10.0\n',
    })
  })

  test.each(['v1.2.3', 'web/1.2.3', 'web/v1.2', 'web/v1.2.3-rc.1', 'web/v01.2.3', 'Web/v1.2.3', 'web/v1.2.3/x'])(
    'refuses the tag %s',
    (tag) => {
      const { status, stdout, output } = read(tag, repositoryWith())
      expect({ status, output }).toEqual({ status: 1, output: '' })
      expect(stdout).toBe(
        `::error::found tag ${tag}, expected COMPONENT/vMAJOR.MINOR.PATCH, such as cert-manager/v1.2.3\n`,
      )
    },
  )

  test('refuses a component that no environment has', () => {
    const npx = 'mkdir --parents rendered/web'
    const step = (component: string) =>
      runStep(
        stepOf(RELEASE, 'Render, and prove it'),
        { npx },
        { ENVIRONMENTS: 'overlays/staging', KRM_HARDENING: 'x', COMPONENT: component },
      )
    expect(step('web').status).toBe(0)
    expect(step('wbe')).toMatchObject({
      status: 1,
      stdout: '::error::found no component wbe in overlays/staging\n',
    })
  })

  const script = stepOf(RELEASE, 'Push, sign, then tag')
  const release = (version: string, newest: string, text = `kind: ${version}\n`) =>
    runStep(
      script,
      real,
      env('shop', '0001', {
        GITHUB_REF_NAME: `shop/${version}`,
        VERSION: version,
        NEWEST: `shop/${newest}`,
        FOLLOWED: 'latest-stable',
      }),
      renderedWith('shop', text),
    )

  test('signs, then gives the tags of the version and latest-stable, which no older release takes back', async () => {
    expect(release('v1.1.0', 'v1.1.0').status).toBe(0)
    const newest = await digestOf('owner/fleet/shop', 'v1.1.0')
    expect(newest).toBeDefined()
    expect(await digestOf('owner/fleet/shop', 'latest-stable')).toBe(newest)
    expect(release('v1.0.1', 'v1.1.0').status).toBe(0)
    expect(await digestOf('owner/fleet/shop', 'latest-stable')).toBe(newest)
    expect((await tagsOf('owner/fleet/shop')).filter((tag) => !tag.startsWith('unsigned-')).sort()).toEqual([
      'latest-stable',
      'v1.0.1',
      'v1.1.0',
    ])
  })

  test('refuses a version that is released', async () => {
    release('v3.0.0', 'v3.0.0')
    const before = await digestOf('owner/fleet/shop', 'v3.0.0')
    const { status, stdout, calls } = release('v3.0.0', 'v3.0.0', 'kind: Other\n')
    expect({ status, calls: names(calls) }).toEqual({ status: 1, calls: ['flux pull'] })
    expect(stdout).toContain('::error::shop v3.0.0 is out already, expected a new version\n')
    expect(await digestOf('owner/fleet/shop', 'v3.0.0')).toBe(before)
  })
})

describe('image-updates', () => {
  const script = stepOf('integrations/flux/image-updates.yaml', 'Open a pull request')
  const open = (count: number) =>
    runStep(script, { gh: `[ "$2" != list ] || echo ${count}` }, { GITHUB_REF_NAME: 'image-updates', BASE: 'main' })

  test('opens one pull request', () => expect(names(open(0).calls)).toEqual(['gh pr', 'gh pr']))
  test('and not a second one', () => expect(names(open(1).calls)).toEqual(['gh pr']))
})

test('validate asks everything of every environment', () => {
  const { status, calls } = runStep(
    stepOf('integrations/flux/validate.yaml', 'Validate'),
    { npx: '' },
    { ENVIRONMENTS: 'a b', KRM_HARDENING: 'x' },
  )
  const of = (environment: string): string[] => [
    `npx --yes x lock --check --chart ${environment}`,
    `npx --yes x render ${environment} --output rendered`,
    `npx --yes x verify rendered --policy ${environment}`,
    `npx --yes x check ${environment}`,
  ]
  expect({ status, calls }).toEqual({ status: 0, calls: [...of('a'), ...of('b')] })
})

describe('lock-charts', () => {
  const WORKFLOW = 'integrations/renovate/lock-charts.yaml'
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.c']

  /** A branch that updates a chart, as it is checked out, and its remote. */
  function branch(): { root: string; remote: string } {
    const [remote, root] = [folder(), folder()]
    const git = (...args: string[]): string =>
      execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' })
    execFileSync('git', ['init', '--quiet', '--bare', remote])
    git('init', '--quiet', '--initial-branch=renovate/web')
    mkdirSync(join(root, 'web'))
    writeFileSync(join(root, 'web/web.lock.yaml'), 'digest: old\n')
    writeFileSync(join(root, 'images.yaml'), 'digests: {}\n')
    writeFileSync(join(root, 'release.yaml'), 'tag: v1\n')
    git('add', '--all')
    git('commit', '--quiet', '--message=a')
    git('push', '--quiet', remote, 'HEAD:renovate/web')
    return { root, remote }
  }
  const answer = (isCurrent: boolean): string =>
    JSON.stringify([
      {
        file: 'web/web.lock.yaml',
        chart: 'oci://charts.example.com/web',
        version: '1.1.0',
        isCurrent,
        changes: ['+ container: Deployment web: sidecar'],
        images: ['example/sidecar:v2', 'example/web:1.1.0'],
      },
    ])
  /** In place of krm-hardening: renews the lock, or the digests, and changes a file that is none of its own. */
  const npx = `if [ "$4" = --chart ]; then echo '${answer(false)}'; echo "digest: new" >web/web.lock.yaml; echo more >>release.yaml
else echo "digests: {a: b}" >images.yaml; fi`
  const environment = { ENVIRONMENTS: 'a', KRM_HARDENING: 'x', DIGESTS: 'images.yaml' }
  const lock = (root: string, npxText = npx) =>
    runStep(stepOf(WORKFLOW, 'Lock what the charts render'), { npx: npxText }, environment, root)
  const commit = (root: string, remote: string) =>
    runStep(
      stepOf(WORKFLOW, 'Commit the locks'),
      {},
      {
        ...environment,
        LOCKS: join(root, 'locks'),
        TOKEN: 'x',
        REMOTE: remote,
        GITHUB_REF_NAME: 'renovate/web',
      },
      root,
    )

  test('asks for the images of charts that changed, and commits locks and digests to the branch, and nothing else', () => {
    const { root, remote } = branch()
    expect(lock(root)).toMatchObject({
      status: 0,
      calls: [
        'npx --yes x lock --chart a --output json',
        'npx --yes x lock images.yaml example/sidecar:v2 example/web:1.1.0',
      ],
    })
    execFileSync('git', ['add', 'release.yaml'], { cwd: root })
    execFileSync('git', ['diff', '--cached', '--binary', '--output=locks/locks.patch'], { cwd: root })
    execFileSync('git', ['reset', '--quiet', '--hard'], { cwd: root })
    expect(commit(root, remote)).toMatchObject({ status: 0 })
    const show = (path: string): string =>
      execFileSync('git', ['-C', remote, 'show', `renovate/web:${path}`], { encoding: 'utf8' })
    expect(['web/web.lock.yaml', 'images.yaml', 'release.yaml'].map(show)).toEqual([
      'digest: new\n',
      'digests: {a: b}\n',
      'tag: v1\n',
    ])
  })

  test('commits nothing where every lock is fresh', () => {
    const { root, remote } = branch()
    expect(lock(root, `echo '${answer(true)}'`).calls).toHaveLength(1)
    expect(commit(root, remote)).toMatchObject({ status: 0, stdout: 'every lock is fresh\n' })
  })

  test('shows the reviewer what changed', () => {
    const { root } = branch()
    lock(root)
    const { status, stdout } = runStep(
      stepOf(WORKFLOW, 'Show the reviewer what changed'),
      { gh: 'if [ "$2" = list ]; then echo 7; else cat; fi' },
      { LOCKS: join(root, 'locks'), GITHUB_REF_NAME: 'renovate/web' },
      root,
    )
    expect(status).toBe(0)
    expect(stdout).toContain(
      '```diff\nweb/web.lock.yaml: oci://charts.example.com/web 1.1.0\n+ container: Deployment web: sidecar\n```\n',
    )
  })
})

describe('the components that the workflow pushes', () => {
  const { jobs } = parse(readFileSync(join(root, PUSH), 'utf8')) as {
    jobs: { push: { strategy: { matrix: { component: string[] } } } }
  }

  test('are those of the environments that Flux installs', () => {
    const folders = ['overlays/staging', 'overlays/production/homelab'].flatMap((path) =>
      componentsOf(join(root, path)),
    )
    expect(jobs.push.strategy.matrix.component.toSorted()).toEqual([...new Set(folders)].sort())
  })
})
