import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PINNED } from '../../cli/kustomize/pinned.ts'
import { findOnPath, isExecutable } from '../../cli/on-path.ts'

/**
 * The Kustomize that the tests run: KUSTOMIZE in the environment, else the one on PATH, else the pinned version, which Go
 * builds once into node_modules/.cache. Throws where none of the three can be had.
 */
export function kustomize(): string {
  const { KUSTOMIZE, PATH } = process.env
  if (!KUSTOMIZE) return findOnPath('kustomize', PATH) ?? builtWithGo()
  if (!isExecutable(KUSTOMIZE)) throw new Error(`KUSTOMIZE=${KUSTOMIZE}: expected a program that can be run`)
  return KUSTOMIZE
}

function builtWithGo(): string {
  const cache = join(__dirname, '../../node_modules/.cache/krm-hardening')
  const target = join(cache, `kustomize-${PINNED}`)
  if (existsSync(target)) return target
  mkdirSync(cache, { recursive: true })
  // Moved to its place whole: test files run side by side.
  const folder = mkdtempSync(join(cache, 'installing-'))
  try {
    execFileSync('go', ['install', `sigs.k8s.io/kustomize/kustomize/v5@${PINNED}`], {
      cwd: folder,
      env: { ...process.env, GOBIN: folder, GOFLAGS: '', CGO_ENABLED: '0' },
      stdio: 'pipe',
    })
    renameSync(join(folder, 'kustomize'), target)
    return target
  } catch (cause) {
    throw new Error(
      'The tests need Kustomize: name one in KUSTOMIZE, put one on PATH, or install Go, which builds it. Go said:',
      { cause },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
