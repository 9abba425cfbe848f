import { parse } from 'yaml'

interface Job {
  uses?: string
  permissions?: Record<string, string>
  'timeout-minutes'?: number
  'runs-on'?: string
  steps?: { uses?: string; with?: Record<string, unknown> }[]
}

interface Workflow {
  permissions?: Record<string, string>
  jobs: Record<string, Job>
}

/** `permission: access` that a job may have, and why the workflow cannot do with less. */
export type Allowed = Readonly<Record<string, readonly string[]>>

const PINNED = /^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40}$/
/** The tag by which Flux follows an artifact, which is signed before it has it. */
const FOLLOWED = /^ *FOLLOWED: latest(?:-stable)? # the tag that Flux follows$|under latest-stable where/gm
const LINE = /^\s*(?:- )?uses:\s+(\S+)(?:\s+#\s+(\S+))?$/gm

/** The actions of a workflow, with the version that the comment next to each gives. */
export const actionsOf = (text: string): { action: string; version: string | undefined }[] =>
  [...text.matchAll(LINE)]
    .map(([, action = '', version]) => ({ action, version }))
    .filter(({ action }) => !action.startsWith('./'))

/**
 * What is wrong with a workflow: an action that is not pinned by its commit, or whose version nobody can read; a
 * permission that `allowed` does not give the job; a checkout that leaves its token behind; anything that floats.
 */
export function problemsOf(text: string, allowed: Allowed): string[] {
  const { permissions, jobs } = parse(text) as Workflow
  return [
    ...actionsOf(text).flatMap(problemsOfAction),
    ...(JSON.stringify(permissions) === '{}' ? [] : ['expected permissions: {} at the top']),
    ...(/\blatest\b/.test(text.replaceAll(FOLLOWED, '')) ? ['expected versions, found latest'] : []),
    ...Object.entries(jobs).flatMap(([name, job]) =>
      problemsOfJob(job, allowed[name] ?? []).map((problem) => `${name}: ${problem}`),
    ),
  ]
}

function problemsOfAction({ action, version }: { action: string; version: string | undefined }): string[] {
  if (!PINNED.test(action)) return [`${action}: expected the 40 digits of a commit`]
  return version !== undefined && /^v\d+\.\d+\.\d+$/.test(version) ? [] : [`${action}: expected # vX.Y.Z next to it`]
}

function problemsOfJob({ permissions, steps = [], uses, ...job }: Job, allowed: readonly string[]): string[] {
  const given = Object.entries(permissions ?? {}).map(([scope, access]) => `${scope}: ${access}`)
  const checkouts = steps.filter((step) => step.uses?.startsWith('actions/checkout@'))
  const kept = checkouts.filter((step) => step.with?.['persist-credentials'] !== false)
  const runs = uses === undefined
  return [
    ...(permissions === undefined ? ['expected permissions'] : []),
    ...given.filter((permission) => !allowed.includes(permission)).map((permission) => `unexpected ${permission}`),
    ...allowed.filter((permission) => !given.includes(permission)).map((permission) => `does without ${permission}`),
    ...(runs && job['timeout-minutes'] === undefined ? ['expected timeout-minutes'] : []),
    ...(runs && !/-\d/.test(job['runs-on'] ?? '') ? ['expected a runner of one version'] : []),
    ...kept.map(() => 'expected persist-credentials: false'),
  ]
}
