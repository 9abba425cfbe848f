import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { podmanEnvironment, podmanHome } from './podman.ts'

const root = join(__dirname, '../..')

/**
 * How Kustomize calls `docker` for the container of a function; the image follows.
 * Source: https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/fn/runtime/container/container.go
 */
export const KUSTOMIZE_CALL =
  'run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody --security-opt=no-new-privileges -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true'

/** The image of the Dockerfile, under the name that the overlays call it by. */
export interface BuiltImage {
  reference: string
  /** The version without its v, as in the label. */
  version: string
  revision: string
  /** An environment whose `docker` and `podman` have this image. */
  env: NodeJS.ProcessEnv
}

let built: BuiltImage | undefined

/**
 * Builds the Dockerfile on the bases that test/e2e/image/base.sh assembles. Podman keeps every step whose input stays, so a second
 * call, in this or another test process or run, costs about a second. Throws with the output of the build where it fails.
 */
export function builtImage(): BuiltImage {
  built ??= build(imageReference())
  return built
}

/** The reference that the organisation's policy names, and with it every overlay. */
export function imageReference(): string {
  const policy = join(root, 'functions/hardening/policy.yaml')
  const reference = /^ +image: (\S+)$/m.exec(readFileSync(policy, 'utf8'))?.[1]
  if (reference === undefined) throw new Error(`${policy}: expected a function annotation that names an image`)
  return reference
}

// One build at a time, because test files run side by side. Steps of builds of more than a week ago go.
const SCRIPT = `set -euo pipefail
podman image prune --force --filter until=168h >/dev/null
bases=$(test/e2e/image/base.sh)
podman build --pull=never --layers --network host $bases "$@" .`

function build(reference: string): BuiltImage {
  const version = reference.replace(/^.*:v/, '')
  const revision = '0123456789abcdef0123456789abcdef01234567'
  const env = podmanEnvironment()
  const args = ['--tag', reference, '--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`]
  execFileSync('flock', [join(podmanHome, 'lock'), 'bash', '-c', SCRIPT, 'build', ...args], {
    cwd: root,
    env,
    stdio: 'pipe',
    maxBuffer: 64 << 20,
  })
  return { reference, version, revision, env }
}
