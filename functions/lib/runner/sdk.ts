import { type Finding, toResult } from '../framework/finding.ts'
import type { Step } from '../framework/function.ts'
import type { KubernetesObject, TypeMeta } from '../kubernetes/objects.ts'
import { runSteps } from './steps.ts'

/** An object as the SDK has it. */
export interface SdkObject extends TypeMeta {
  metadata: { name: string; namespace?: string }
}

/** A finding as the SDK has it, which has its own names for a severity and for a proposed value. */
export interface SdkResult {
  severity: 'error' | 'warn' | 'info'
  message: string
  tags?: Record<string, string>
  resourceRef?: { apiVersion: string; kind: string; namespace: string; name: string }
  file?: { path?: string; index?: number }
  field?: { path: string; currentValue?: unknown; suggestedValue?: unknown }
}

/**
 * What is used of `Configs` of the kpt-functions SDK. It is declared here, because whoever imports the published types
 * need not have the SDK; a test compares it with the SDK's own.
 */
export interface SdkConfigs {
  getAll(): SdkObject[]
  getFunctionConfig(): SdkObject | undefined
  insert(...objects: SdkObject[]): void
  delete(...objects: SdkObject[]): void
  addResults(...results: SdkResult[]): void
}

/** `KptFunc` of the kpt-functions SDK. */
export interface SdkFunction {
  (configs: SdkConfigs): Promise<void>
  usage: string
}

/**
 * A function of the catalogue under the contract of the kpt-functions SDK: it edits the Configs it is given and adds
 * results; configuration that does not fit is thrown as InputError. `plan` turns the functionConfig into the functions to run.
 */
export function asKptFunc(usage: string, plan: (functionConfig: unknown) => Step[]): SdkFunction {
  const kptFunc = async (configs: SdkConfigs): Promise<void> => {
    const before = configs.getAll()
    const objects = [...before] as unknown as KubernetesObject[]
    const { reported } = await runSteps(objects, plan(configs.getFunctionConfig()))
    configs.delete(...before)
    configs.insert(...objects)
    configs.addResults(...reported.map(({ source, finding }) => toSdkResult(finding, source)))
  }
  return Object.assign(kptFunc, { usage })
}

function toSdkResult(finding: Finding, source: string): SdkResult {
  const { severity, field, resourceRef, ...rest } = toResult(finding, source)
  return {
    ...rest,
    severity: severity === 'warning' ? 'warn' : severity,
    ...(resourceRef && { resourceRef: { ...resourceRef, namespace: resourceRef.namespace ?? '' } }),
    ...(field && {
      field: { path: field.path, currentValue: field.currentValue, suggestedValue: field.proposedValue },
    }),
  }
}
