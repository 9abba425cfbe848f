import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolders } from '../../cli/lib/command-line.ts'
import { runStep, stepOf } from './lib/steps.ts'

afterAll(removeFolders)

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

  test('stops if bake wrote no digest', () => {
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
