import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kustomizeEnvironment, node, root, row, runs, work } from '../lib/context.mjs'
import { fluxTree } from '../lib/flux-tree.mjs'
import { measure, median } from '../lib/measure.mjs'

export const title = 'A repository for Flux with sixty apps'

/** All of it, after one change, and as the hook of a commit of one change. */
export default function flux() {
  const sixty = fluxTree(root, join(work, 'sixty'), 60)
  const env = { XDG_CACHE_HOME: join(work, 'cache-of-flux'), ...kustomizeEnvironment }
  const command = `${node('cli.cjs')} flux ${sixty.folder}`
  row('flux, all of it', measure(command, env).wall, { unit: 's', goal: 20 })
  row('flux, after one change', afterChanges(sixty, command, env), { unit: 's', goal: 2 })
  const git = (...args) => execFileSync('git', args, { cwd: sixty.folder })
  git('init', '--quiet')
  const hook = `cd ${sixty.folder} && sh ${join(root, 'integrations/pre-commit/pre-commit')}`
  const stage = () => git('add', '--all')
  row('hook of a commit', afterChanges(sixty, hook, { ...env, ...onPath() }, stage), { unit: 's', goal: 2 })
}

/** Wall seconds of a command after each of some changes of one app. The first finds what was built before, if anything was. */
function afterChanges({ changed }, command, env, prepare = () => {}) {
  prepare()
  measure(command, env)
  const times = Array.from({ length: runs }, (_, index) => {
    const text = readFileSync(changed, 'utf8')
    writeFileSync(changed, text.replace(/interval: \d+m/, `interval: ${index + 1}m`))
    prepare()
    return measure(command, env).wall
  })
  return median(times)
}

/** An environment in which the hook finds this command line. */
function onPath() {
  const folder = join(work, 'bin-of-hook')
  mkdirSync(folder)
  writeFileSync(join(folder, 'krm-hardening'), `#!/bin/sh\nexec ${node('cli.cjs')} "$@"\n`)
  chmodSync(join(folder, 'krm-hardening'), 0o755)
  return { PATH: `${folder}:${process.env.PATH}` }
}
