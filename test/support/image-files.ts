import { execFileSync } from 'node:child_process'
import { podman, podmanEnvironment } from './podman.ts'

export interface File {
  path: string
  /** As `ls -l` writes it: `-rw-r--r--`. */
  mode: string
  /** `uid/gid`. */
  owner: string
}

/** Every file and folder of an image, before any container has run from it. */
export function filesOf(reference: string): File[] {
  const container = podman('create', '--network', 'none', reference).trim()
  try {
    const script = 'podman export "$0" | tar --list --verbose --numeric-owner'
    const listing = execFileSync('bash', ['-o', 'pipefail', '-c', script, container], {
      env: podmanEnvironment(),
      encoding: 'utf8',
    })
    return listing.trimEnd().split('\n').map(toFile)
  } finally {
    podman('rm', container)
  }
}

function toFile(line: string): File {
  const [, mode = '', owner = '', path = ''] =
    /^(\S+) +(\S+) +\d+ \S+ \S+ (.+?)(?: -> .*| link to .*)?$/.exec(line) ?? []
  if (path === '') throw new Error(`tar: unexpected line, expected mode, owner, size, date and path: ${line}`)
  return { path, mode, owner }
}
