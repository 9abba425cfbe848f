import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, work } from './context.mjs'

const FLAGS = '--no-opt --no-maglev'

/** Why the functions cannot be started as in the image; undefined if they can. */
export let withoutImage
const program = imageNode()

/** The Node of the image by itself, as a shell command. */
export const imageNodeAlone = `${program} -e 0`

/**
 * The functions as the image starts them, with code that V8 kept from a run: a shell command. `options` are for Node. Without a
 * container, whose start costs the same whatever runs in it.
 */
export function imageCommand(options = '') {
  for (const file of ['functions.cjs', 'warm-start.cjs']) copyFileSync(join(root, 'dist', file), join(work, file))
  const start = `${FLAGS} ${join(work, 'warm-start.cjs')}`
  execFileSync('sh', ['-c', `${program} --random-seed=1 ${start} keep <${join(root, 'functions/warm-up.yaml')}`], {
    stdio: 'ignore',
  })
  if (spawnSync('sh', ['-c', `${program} ${start} is-warm`]).status !== 0)
    throw new Error(`${program}: refuses the code that it kept`)
  return `${program} ${options} ${start}`
}

// npm sets NODE for what it runs, so the variable is another.
/** IMAGE_NODE, or the Node of the Dockerfile's base as npm publishes it, which is kept. */
function imageNode() {
  if (process.env.IMAGE_NODE) return process.env.IMAGE_NODE
  const [, major] = /node:(\d+)-/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))
  const folder = join(root, 'node_modules/.cache/krm-hardening', `node-${major}`)
  const name = `node-${process.platform}-${process.arch}`
  const node = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(node)) return node
  mkdirSync(folder, { recursive: true })
  const install = ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--prefix', folder]
  const { status, stderr } = spawnSync('npm', [...install, `${name}@${major}`], { encoding: 'utf8' })
  if (status !== 0)
    withoutImage = `npm has no Node ${major} for this machine; IMAGE_NODE names one. ${stderr.split('\n')[0]}`
  return node
}
