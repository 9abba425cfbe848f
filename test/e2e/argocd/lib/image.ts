import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { podmanEnvironment, podmanHome } from '../../../support/podman.ts'
import { kustomizeProgram } from '../../../support/programs.ts'
import { root } from '../../../support/stacks.ts'

const SIDECAR = 'localhost/krm-hardening/argocd:test'

// One build at a time, of this image or the functions', because test files run side by side.
const SCRIPT = `set -euo pipefail
images=$(test/e2e/argocd/base.sh "$1")
podman build --pull=never --layers --network host --file integrations/argocd/Dockerfile --tag "$2" $images .`

let isBuilt = false

/**
 * Builds the sidecar's image around the Kustomize that the tests run, and gives its name. Throws with the output of the build
 * where it fails.
 */
export function builtSidecar(): string {
  if (!isBuilt)
    execFileSync('flock', [join(podmanHome, 'lock'), 'bash', '-c', SCRIPT, 'build', kustomizeProgram(), SIDECAR], {
      cwd: root,
      env: podmanEnvironment(),
      stdio: 'pipe',
      maxBuffer: 64 << 20,
    })
  isBuilt = true
  return SIDECAR
}
