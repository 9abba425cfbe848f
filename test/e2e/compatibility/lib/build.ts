import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, installStandIn, run, systemTools, tree } from '../../../cli/lib/command-line.ts'
import { root, stacks } from '../../../support/stacks.ts'
import { type Program, pinned } from './programs.ts'

/** A small overlay that is hardened, and one whose policy refuses an object. */
export const HARDENED = 'test/e2e/image/trees/hardened'
export const REFUSED = 'test/e2e/image/trees/refused'

export const developmentStacks = stacks
  .filter((stack) => stack.startsWith('dev/'))
  .map((stack) => join('overlays', stack))

/** A PATH without a container engine. */
export const tools = systemTools()

/** An environment whose `docker` is the stand-in, with nothing else to run a container. */
export const standIn = {
  PATH: [installStandIn(`#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/functions.cjs')}'\n`), tools].join(
    ':',
  ),
}

export const REFUSAL = /error: image-mirror-digest\/missing-digest: .*Deployment.*web/

export const ABSENT = 'localhost/krm-hardening/absent:v1'

export const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n'

/** A Pod under the organisation's policy, whose function is `container: ...` or `exec: ...`. */
export const podBy = (annotation: string): string =>
  tree({
    'kustomization.yaml': 'resources: [pod.yaml]\ntransformers: [policy.yaml]\n',
    'pod.yaml': POD,
    'policy.yaml': readFileSync(join(root, 'functions/hardening/policy.yaml'), 'utf8').replace(
      /container:\n *image: .*/,
      annotation,
    ),
  })

export const byAbsentImage = (): string => podBy(`container:\n        image: ${ABSENT}`)

/** Builds a folder of this repository, or another by its full path. */
export async function build(
  program: Program,
  folder: string,
  env: NodeJS.ProcessEnv,
  flags: readonly string[] = ['--enable-alpha-plugins'],
): Promise<Ended> {
  const [file, ...args] = program.build()
  return run(file, [...args, ...flags, folder], { cwd: root, env })
}

/** What a program printed. Throws if it failed. */
export function printed({ stdout, stderr, exitCode }: Ended): string {
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  expect(stdout).not.toBe('')
  return stdout
}

const builds = new Map<string, Promise<string>>()

/** What the pinned version builds with the stand-in; each folder once. */
export function pinnedBuild(folder: string): Promise<string> {
  const known = builds.get(folder) ?? build(pinned, folder, standIn).then(printed)
  builds.set(folder, known)
  return known
}
