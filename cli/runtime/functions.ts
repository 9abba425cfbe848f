import type { Answer } from '../../functions/lib/runner/run.ts'

/** One run of the functions during a build. */
export interface FunctionCall extends Pick<Answer, 'stderr' | 'reported' | 'changed' | 'generated'> {
  /** The policy, as Kustomize built it; undefined if the request could not be read. */
  policy: unknown
}

/** Runs the functions on the bytes of a ResourceList. `onCall` hears what they did. */
export type Functions = (
  request: Uint8Array,
  onCall: (call: FunctionCall) => void,
) => Promise<{ stdout: string; exitCode: number }>

/** Hardens. The functions are loaded at the first call, while Kustomize reads its files. */
export const harden: Functions = async (request, onCall) => {
  const [{ run }, { plan }] = await loaded()
  let policy: unknown
  const answer = await run(
    () => request,
    (functionConfig) => {
      policy = functionConfig
      return plan(functionConfig)
    },
  )
  const { stdout, exitCode, ...call } = answer
  onCall({ policy, ...call })
  return { stdout, exitCode }
}

const loaded = () =>
  Promise.all([import('../../functions/lib/runner/run.ts'), import('../../functions/hardening/plan.ts')])

/** Hands every object back as it came. */
export const passThrough: Functions = async (request) => ({
  stdout: Buffer.from(request).toString(),
  exitCode: 0,
})
