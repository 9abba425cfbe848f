import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import kustomizeOfRender from '../../dist/kustomize.cjs'
import { ratio } from './measure.mjs'

export const root = join(import.meta.dirname, '../..')
export const say = (line) => process.stderr.write(`${line}\n`)

// The one that `render` would use.
const { build: kustomizeBuild, description } = await kustomizeOfRender.findKustomize(process.env, say)
export const kustomize = description
/** The Kustomize that was found, for commands that have another cache. */
export const kustomizeEnvironment = kustomizeBuild[1] === 'build' ? { KUSTOMIZE: kustomizeBuild[0] } : {}
/** How often each pair is measured. */
export const runs = Number(process.env.RUNS ?? 5)

// Kustomize takes no absolute paths, so the trees that are measured are within the project.
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
/** A folder that is removed at the end. */
export const work = mkdtempSync(join(root, 'node_modules/.cache/bench-'))
process.on('exit', () => rmSync(work, { recursive: true }))

/** A program of this project, as a shell command. */
export const node = (bundle) => `node ${join(root, 'dist', bundle)}`

/** The environment in which Kustomize finds a `docker` that is this command. */
export function engine(name, command) {
  const folder = join(work, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${command}\n`)
  chmodSync(join(folder, 'docker'), 0o755)
  return { PATH: `${folder}:${process.env.PATH}` }
}

/** `kustomize build` of a folder. */
export const build = (folder, env = {}) => ({
  command: `${kustomizeBuild.join(' ')} ${folder}`,
  env: { GOGC: '400', ...env },
})

/** `krm-hardening render` of a folder. */
export const render = (folder, ...options) => ({ command: [node('cli.cjs'), 'render', ...options, folder].join(' ') })

const cat = join(work, 'cat')
const compiled = spawnSync('cc', ['-O2', '-o', cat, join(root, 'bench/lib/cat.c')], { encoding: 'utf8' })
/** Why nothing can be compared with a program in C; undefined if it can. */
export const withoutC =
  compiled.status === 0
    ? undefined
    : `no C compiler (${(compiled.error?.message ?? compiled.stderr).trim()}): apt-get install gcc libc6-dev`
/** An engine that answers what it is asked, or the bytes of a file. */
export const catEngine = (name, answer = '') => engine(name, `exec ${cat} ${answer}`)

/** All rows of this run. `goal` is the most that is wanted; without one a row is for information. */
export const rows = []

export function row(what, measured, { goal, unit = '×' } = {}) {
  const value = Number(measured.toFixed(2))
  rows.push({ what, measured: value, unit, ...(goal === undefined ? {} : { goal, reached: value <= goal }) })
  say(`${what}: ${value} ${unit}${goal === undefined ? '' : ` (goal ${goal})`}`)
}

/** A row that this machine cannot measure. */
export function notMeasured(what, why) {
  rows.push({ what, notMeasured: why })
  say(`NOT MEASURED: ${what}: ${why}`)
}

/** CPU of one command ÷ CPU of another, measured in turn. */
export const ratioRow = (what, a, b, options = {}) => row(what, ratio(a, b, { runs, ...options }), options)
/** The same, if both ends need a C compiler. */
export const ratioToC = (what, a, b, options) =>
  withoutC === undefined ? ratioRow(what, a, b, options) : notMeasured(what, withoutC)
