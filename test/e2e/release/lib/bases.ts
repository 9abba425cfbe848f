import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { podman, podmanEnvironment, podmanHome } from '../../../support/podman.ts'
import { kustomizeProgram } from '../../../support/programs.ts'
import { root } from '../../../support/stacks.ts'
import type { BuildKit } from './build-kit.ts'

const SCRIPTS = {
  'krm-hardening': 'test/e2e/image/base.sh',
  'krm-hardening-argocd': `test/e2e/argocd/base.sh '${kustomizeProgram()}'`,
}

export interface Base {
  /** Of docker-bake.hcl. */
  target: string
  /** Of its Dockerfile. */
  argument: string
  reference: string
}

/** Puts the bases that the scripts assemble into the registry. */
export const pushBases = (registry: string, buildKit: BuildKit): Base[] =>
  Object.entries(SCRIPTS).flatMap(([target, script]) => {
    const bases = [...assembled(script).matchAll(/--build-arg (\w+)=(\S+)/g)].map(([, argument = '', image = '']) => ({
      target,
      argument,
      image,
      reference: `${registry}/bases/${argument.toLowerCase()}:${target}`,
    }))
    for (const { argument, image, reference } of bases) {
      podman('push', '--quiet', '--tls-verify=false', image, reference)
      // What runs in a build keeps its variables; it is of the builder's architecture alone.
      if (argument !== 'BUILD_BASE') forBoth(reference, buildKit)
    }
    return bases
  })

/** One script at a time, because test files run side by side. */
const assembled = (script: string): string =>
  execFileSync('flock', [join(podmanHome, 'lock'), 'bash', '-c', script], {
    cwd: root,
    env: podmanEnvironment(),
    encoding: 'utf8',
  })

/** No step of the Dockerfiles runs on the second architecture, so its files may be those of the first. */
function forBoth(reference: string, { buildx }: BuildKit): void {
  const input = `FROM --platform=linux/amd64 ${reference} AS real\nFROM scratch\nCOPY --from=real / /\n`
  const output = `type=image,name=${reference},push=true`
  buildx(['build', '--provenance=false', '--platform=linux/amd64,linux/arm64', '--output', output, '-'], { input })
}
