import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { findOnPath } from '../../../../cli/on-path.ts'

/** Debian's packages for the programs that these tests run. */
const PACKAGES = {
  amtool: 'prometheus-alertmanager',
  etcd: 'etcd-server',
  etcdctl: 'etcd-client',
  nginx: 'nginx-light',
  promtool: 'prometheus',
} as const

/**
 * The path of a program. Throws where it is missing, with the package that brings it: a check that did not run has not
 * passed. Debian's servers are in /usr/sbin, which is not on everybody's PATH.
 */
export function program(name: keyof typeof PACKAGES): string {
  const path = findOnPath(name, [process.env.PATH, '/usr/sbin'].join(delimiter))
  if (path === undefined)
    throw new Error(
      `this check did not run: it needs ${name}, which PATH does not have; apt-get install ${PACKAGES[name]}`,
    )
  return path
}

/**
 * What a program says about its input: undefined if it accepts it (exit code 0), else all that it wrote.
 * Runs for at most a minute. Throws if it cannot be started.
 */
export function complaint(path: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(path, args, { encoding: 'utf8', timeout: 60_000 })
  if (error) throw error
  return status === 0 ? undefined : `${stdout}${stderr}`
}
