import { join } from 'node:path'
import { folder, IMAGE, installStandIn, program, removeFolders, run } from './lib/command-line.ts'

afterAll(removeFolders)

const FUNCTION = '#!/bin/sh\necho function\ncat\n'
const ENGINE = '#!/bin/sh\necho engine "$#" "$@"\n'
const SYSTEM = '/usr/bin:/bin'

/** The call by which Kustomize runs a function's container. */
const call = (image: string): string[] =>
  'run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody --security-opt=no-new-privileges -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true'
    .split(' ')
    .concat(image)

const withEngine = (): string => {
  const bin = folder()
  program(join(bin, 'docker'), ENGINE)
  return bin
}

const docker = (bin: string, args: readonly string[], later: readonly string[] = [], stdin = '') =>
  run(join(bin, 'docker'), args, { env: { PATH: [bin, ...later, SYSTEM].join(':') }, stdin })

describe('the docker stand-in', () => {
  test('runs the functions for exactly Kustomize’s call with our image, engine or not', async () => {
    const bin = installStandIn(FUNCTION)
    const expected = { stdout: 'function\nlist', stderr: '', exitCode: 0 }
    expect(await docker(bin, call(IMAGE), [], 'list')).toEqual(expected)
    expect(await docker(bin, call(IMAGE), [withEngine()], 'list')).toEqual(expected)
  })

  test('ends as the functions end', async () => {
    const bin = installStandIn('#!/bin/sh\necho broken >&2\nexit 2\n')
    expect(await docker(bin, call(IMAGE))).toEqual({ stdout: '', stderr: 'broken\n', exitCode: 2 })
  })

  test.each([
    ['another tag', `${IMAGE}-rc1`],
    ['a digest', `${IMAGE}@sha256:${'0'.repeat(64)}`],
    ['another registry', IMAGE.replace('ghcr.io', 'example.com')],
    ['a longer name', `x${IMAGE}`],
    ['a pattern', IMAGE.replace('ghcr.io', '*')],
  ])('does not take %s for our image', async (_what, image) => {
    const bin = installStandIn(FUNCTION)
    expect((await docker(bin, call(image), [withEngine()])).stdout).toBe(`engine 19 ${call(image).join(' ')}\n`)
  })

  test('takes every image of the list for ours', async () => {
    const bin = installStandIn(FUNCTION, [IMAGE, 'registry.example.com/mirror:v1'])
    expect((await docker(bin, call('registry.example.com/mirror:v1'))).stdout).toBe('function\n')
  })

  const changed = (change: (args: string[]) => string[]): string[] => change(call(IMAGE))
  test.each([
    ['the network', changed((args) => args.map((arg) => (arg === 'none' ? 'host' : arg)))],
    ['another user', changed((args) => args.map((arg) => (arg === 'nobody' ? 'root' : arg)))],
    ['a mount', changed((args) => args.toSpliced(-1, 0, '--mount', 'type=bind,source=/,target=/host'))],
    ['a variable', changed((args) => args.toSpliced(-1, 0, '-e', 'TOKEN'))],
    ['arguments that only look the same when joined', changed(([a, b, ...rest]) => [`${a} ${b}`, ...rest])],
    ['no options', ['run', IMAGE]],
  ])('refuses our image with %s: nothing runs', async (_what, args) => {
    const { stdout, stderr, exitCode } = await docker(installStandIn(FUNCTION), args, [withEngine()])
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(`refusing to run ${IMAGE}`)
  })

  test('hands everything else unchanged to the docker that comes later in PATH', async () => {
    const bin = installStandIn(FUNCTION)
    const args = ['build', '-t', 'two words', '', '*', '$HOME']
    expect((await docker(bin, args, [withEngine()])).stdout).toBe(`engine 6 ${args.join(' ')}\n`)
    expect((await docker(bin, ['run', IMAGE, 'sh'], [withEngine()])).stdout).toBe(`engine 3 run ${IMAGE} sh\n`)
  })

  test('says which image was asked for, and what to do, if there is no engine', async () => {
    const { stdout, stderr, exitCode } = await docker(installStandIn(FUNCTION), call('example.com/other:v1'))
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toBe(
      `krm-hardening: no container engine found in PATH to run the function image example.com/other:v1. Only ${IMAGE} runs without one. If example.com/other:v1 is a copy of that image, name it with --image example.com/other:v1 or KRM_HARDENING_IMAGE; if not, install docker, or podman under the name docker.\n`,
    )
  })

  test('two stand-ins do not call each other for ever', async () => {
    const [first, second] = [installStandIn(FUNCTION), installStandIn(FUNCTION)]
    for (const bin of [first, second]) {
      const { stderr, exitCode } = await run(join(bin, 'docker'), ['version'], {
        env: { PATH: `${first}:${second}:${SYSTEM}` },
      })
      expect({ stderr, exitCode }).toEqual({
        stderr: 'krm-hardening: no container engine found in PATH for: docker version\n',
        exitCode: 2,
      })
    }
  })
})
