import { readFileSync } from 'node:fs'
import { run } from '../process.ts'

/** The oldest Kustomize whose builds are tested to be the same. */
export const OLDEST = 'v5.3'

const VERSION = /v(\d+)\.(\d+)\.\d+[\w.+-]*/
const MODULE = 'mod\tsigs.k8s.io/kustomize/kustomize/v5\t'

/** The version of a kustomize program, or undefined where neither it nor its build information says one. */
export async function versionOf(program: string): Promise<string | undefined> {
  const { stdout, status } = await run(program, ['version'])
  if (status !== 0) return undefined
  return VERSION.exec(stdout)?.[0] ?? moduleVersion(program)
}

/** A program that `go install` built calls itself (devel); its build information knows better. */
function moduleVersion(program: string): string | undefined {
  const bytes = readFileSync(program)
  const start = bytes.indexOf(MODULE)
  return start < 0 ? undefined : VERSION.exec(bytes.toString('latin1', start, start + 100))?.[0]
}

export function isNewEnough(version: string): boolean {
  const [, major, minor] = VERSION.exec(version) ?? []
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 3)
}
