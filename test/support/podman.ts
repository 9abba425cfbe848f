import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const root = join(__dirname, '../..')

/** Kept between runs, one for each checkout, so that no test touches the images of the machine or of another checkout. */
const checkout = createHash('sha256').update(root).digest('hex').slice(0, 8)
export const podmanHome = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'krm-hardening/podman',
  checkout,
)
/** Files that must not outlive a reboot. Podman wants this path short. */
const runtimeFolder = join(tmpdir(), `krm-hardening-${process.getuid?.()}-${checkout}`)

let environment: NodeJS.ProcessEnv | undefined

/**
 * The environment in which Podman, under its own name and as `docker`, has settings and storage of its own.
 * Throws, with the packages to install, where Podman cannot run: the image is never left untested.
 */
export function podmanEnvironment(): NodeJS.ProcessEnv {
  environment ??= firstThatRuns(['overlay', 'vfs'])
  return environment
}

/** The fast driver needs a file system that takes overlays; the slow one runs on any. */
function firstThatRuns(drivers: readonly string[]): NodeJS.ProcessEnv {
  const problems: string[] = []
  for (const driver of drivers) {
    const env = withDriver(driver)
    const { status, error, stderr } = spawnSync('podman', ['info'], { env, encoding: 'utf8' })
    if (status === 0) return env
    problems.push(`${driver}: ${error?.message ?? stderr.trim()}`)
  }
  throw new Error(
    `Podman cannot run here, and the image is tested in nothing less. Install the Debian packages podman and runc: apt-get install podman runc\n${problems.join('\n')}`,
  )
}

function withDriver(driver: string): NodeJS.ProcessEnv {
  const home = join(podmanHome, driver)
  mkdirSync(join(home, 'bin'), { recursive: true })
  mkdirSync(runtimeFolder, { recursive: true, mode: 0o700 })
  const docker = join(home, 'bin/docker')
  writeWhole(docker, '#!/bin/sh\nexec podman "$@"\n', 0o755)
  const engine = join(home, 'containers.conf')
  writeWhole(engine, engineSettings())
  const storage = join(home, 'storage.conf')
  writeWhole(storage, storageSettings(driver, home))
  return {
    ...process.env,
    CONTAINERS_CONF: engine,
    CONTAINERS_STORAGE_CONF: storage,
    PATH: [join(home, 'bin'), process.env.PATH].join(delimiter),
  }
}

/** Settings for a machine where no limit can be raised, without a systemd session and a journal. */
const engineSettings = (): string => `[containers]
default_ulimits = ["nofile=1024:4096", "nproc=1024:4096"]

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "${runtimeFolder}/engine"
`

const storageSettings = (driver: string, home: string): string => `[storage]
driver = "${driver}"
graphroot = "${home}/images"
runroot = "${runtimeFolder}/${driver}"
`

/** Another process never reads half of it. */
function writeWhole(file: string, text: string, mode = 0o644): void {
  const part = `${file}.${process.pid}`
  writeFileSync(part, text, { mode })
  renameSync(part, file)
}

/** The stdout of Podman. Throws with its stderr if it fails. */
export const podman = (...args: string[]): string =>
  execFileSync('podman', args, { env: podmanEnvironment(), encoding: 'utf8', maxBuffer: 64 << 20, stdio: 'pipe' })
