import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { folder, program, removeFolders, tree } from '../../cli/lib/command-line.ts'
import { kustomizeProgram } from '../../support/programs.ts'
import { render, root } from '../../support/stacks.ts'

afterAll(removeFolders)

/** The shell of one step, by the name of the step. */
function stepOf(path: string, name: string): string {
  const { jobs } = parse(readFileSync(join(root, path), 'utf8')) as {
    jobs: Record<string, { steps?: { name?: string; run?: string }[] }>
  }
  const step = Object.values(jobs)
    .flatMap(({ steps = [] }) => steps)
    .find((candidate) => candidate.name === name)
  if (step?.run === undefined) throw new Error(`${path}: expected a step ${name} that runs something`)
  return step.run
}

/** Runs a step as GitHub does, with programs of these names in place of the real ones; each call is a line of `calls`. */
function runStep(script: string, programs: Record<string, string>, env: Record<string, string>) {
  const cwd = folder()
  const bin = folder()
  const calls = join(bin, 'calls')
  for (const [name, body] of Object.entries(programs))
    program(join(bin, name), `#!/bin/bash\necho ${name} "$@" >>'${calls}'\n${body}\n`)
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', script], {
    cwd,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, GITHUB_OUTPUT: join(cwd, 'output'), ...env },
    encoding: 'utf8',
  })
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  return { status, stdout, stderr, cwd, calls: read(calls).split('\n').slice(0, -1), output: read(join(cwd, 'output')) }
}

describe('the workflow for Flux', () => {
  const path = 'integrations/flux/publish.yaml'
  const npx = `shift 2; exec node '${join(root, 'dist/cli.cjs')}' "$@"`
  const rendering = (overlay: string) =>
    runStep(
      stepOf(path, 'Render, and prove it'),
      { npx },
      { OVERLAY: overlay, KRM_HARDENING: 'x', KUSTOMIZE: kustomizeProgram() },
    )

  test('renders what is pushed, as render does', () => {
    const overlay = join(root, 'overlays/dev/tidb-operator')
    const { status, cwd } = rendering(overlay)
    expect(status).toBe(0)
    expect(readFileSync(join(cwd, 'rendered/manifests.yaml'), 'utf8')).toBe(render(overlay))
  })

  test('stops where the rendering is not hardened', () => {
    const overlay = tree({
      'kustomization.yaml': 'resources: [pod.yaml]\n',
      'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: web}]}\n',
    })
    const { status, stderr } = rendering(overlay)
    expect(status).toBe(1)
    expect(stderr).toContain('no krm-hardening policy found, so there is nothing to prove')
  })

  const script = stepOf(path, 'Push, sign, then tag')
  const flux = `if [ "$1" = push ]; then echo '{"digest": "sha256:abc"}'; fi`
  const env = {
    GITHUB_REPOSITORY: 'Owner/Fleet',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REF_NAME: 'main',
    GITHUB_SHA: '0123',
    ENVIRONMENT: 'dev',
  }

  test('pushes, signs the digest that was pushed, then moves the tag', () => {
    expect(runStep(script, { flux, cosign: '' }, env)).toMatchObject({
      status: 0,
      calls: [
        'flux push artifact oci://ghcr.io/owner/fleet/dev:0123 --path=rendered --output=json --source=https://github.com/Owner/Fleet --revision=main@sha1:0123',
        'cosign sign --yes ghcr.io/owner/fleet/dev@sha256:abc',
        'flux tag artifact oci://ghcr.io/owner/fleet/dev:0123 --tag=main',
      ],
    })
  })

  test.each([
    ['is not pushed', { flux: 'exit 1', cosign: '' }, ['flux']],
    ['has no digest', { flux: 'echo {}', cosign: '' }, ['flux']],
    ['is not signed', { flux, cosign: 'exit 1' }, ['flux', 'cosign']],
  ])('moves no tag to what %s', (_what, programs, called) => {
    const { status, calls } = runStep(script, programs, env)
    expect(status).not.toBe(0)
    expect(calls.map((call) => call.split(' ')[0])).toEqual(called)
  })
})

describe('the release workflow', () => {
  const path = '.github/workflows/release.yaml'
  const env = {
    NAME: 'i',
    IMAGE: 'ghcr.io/o/i',
    DIGEST: 'sha256:abc',
    BUILDKIT: 'moby/buildkit:v1',
    GITHUB_REF_NAME: 'v1.2.3',
    GITHUB_SHA: '0123',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_RUN_ID: '4',
    GITHUB_RUN_ATTEMPT: '5',
  }

  test.each([
    ['is out', '', 1],
    ['is new', 'echo "ERROR: $4: not found" >&2; exit 1', 0],
    ['nobody can say is new', 'echo "ERROR: failed to do request: connection refused" >&2; exit 1', 1],
  ])('a version that %s', (_what, docker, status) => {
    const ended = runStep(stepOf(path, 'Refuse a version that is out'), { docker }, env)
    expect(ended).toMatchObject({ status, calls: ['docker buildx imagetools inspect ghcr.io/o/i:v1.2.3'] })
  })

  const git = 'echo 1767225600'

  test('builds the version of the tag, at the time of its commit, and hands on the digest that bake wrote', () => {
    const docker = `[ "$2" != bake ] || echo '{"i": {"containerimage.digest": "sha256:abc"}}' >metadata.json
echo "$VERSION $REVISION $SOURCE_DATE_EPOCH $BUILDER"`
    expect(runStep(stepOf(path, 'Build, and push under the digest'), { docker, git }, env)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1.2.3 0123 1767225600 https://github.com/o/r/actions/runs/4/attempts/5\n'),
      calls: [
        'git log -1 --format=%ct',
        'docker buildx create --use --driver docker-container --driver-opt image=moby/buildkit:v1',
        'docker buildx bake --metadata-file metadata.json i',
      ],
      output: 'digest=sha256:abc\n',
    })
  })

  test('stops where bake wrote no digest', () => {
    const { status } = runStep(
      stepOf(path, 'Build, and push under the digest'),
      { docker: 'echo {} >metadata.json', git },
      env,
    )
    expect(status).not.toBe(0)
  })

  test('signs every architecture, and attests the bill of materials as it was handed on', () => {
    const script = stepOf(path, 'Sign, and attest what the bundles hold')
    const sbom = `{"components": ["it's $HOME"]}`
    const { status, calls, cwd } = runStep(script, { cosign: '' }, { ...env, SBOM: sbom })
    expect(status).toBe(0)
    expect(calls).toEqual([
      'cosign sign --yes --recursive ghcr.io/o/i@sha256:abc',
      'cosign attest --yes --type cyclonedx --predicate sbom.cdx.json ghcr.io/o/i@sha256:abc',
    ])
    expect(readFileSync(join(cwd, 'sbom.cdx.json'), 'utf8')).toBe(`${sbom}\n`)
  })

  test('gives the signed digest its tags at once', () => {
    const tags = 'v1.2.3 v1.2'
    expect(runStep(stepOf(path, 'Tag'), { docker: '' }, { ...env, TAGS: tags })).toMatchObject({
      status: 0,
      calls: ['docker buildx imagetools create --tag=ghcr.io/o/i:v1.2.3 --tag=ghcr.io/o/i:v1.2 ghcr.io/o/i@sha256:abc'],
    })
  })
})
