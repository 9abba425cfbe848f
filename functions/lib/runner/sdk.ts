import type { Configs, KptFunc, Result as SdkResult } from 'kpt-functions'
import { type Finding, toResult } from '../framework/finding.ts'
import type { Step } from '../framework/function.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { runSteps } from './steps.ts'

/**
 * A function of the catalogue under the contract of the kpt-functions SDK: it edits the Configs it is given and adds
 * results; configuration that does not fit is thrown as InputError. `plan` turns the functionConfig into the functions to run.
 */
export function asKptFunc(usage: string, plan: (functionConfig: unknown) => Step[]): KptFunc {
  const kptFunc = async (configs: Configs): Promise<void> => {
    const before = configs.getAll()
    const objects = [...before] as unknown as KubernetesObject[]
    const { reported } = await runSteps(objects, plan(configs.getFunctionConfig()))
    configs.delete(...before)
    configs.insert(...(objects as unknown as typeof before))
    configs.addResults(...reported.map(({ source, finding }) => toSdkResult(finding, source)))
  }
  return Object.assign(kptFunc, { usage })
}

/** The SDK has its own names for a severity and for a proposed value. */
function toSdkResult(finding: Finding, source: string): SdkResult {
  const { severity, field, resourceRef, ...rest } = toResult(finding, source)
  return {
    ...rest,
    severity: severity === 'warning' ? 'warn' : severity,
    ...(resourceRef && { resourceRef: { ...resourceRef, namespace: resourceRef.namespace ?? '' } }),
    ...(field && {
      field: {
        path: field.path,
        currentValue: field.currentValue,
        suggestedValue: field.proposedValue,
      } as SdkResult['field'],
    }),
  }
}
