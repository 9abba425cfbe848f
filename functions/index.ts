/** For those who embed the functions in a program of their own, by way of the kpt-functions SDK. */
import { catalog } from './catalog.ts'
import { plan } from './hardening/plan.ts'
import { asKptFunc, type SdkFunction } from './lib/runner/sdk.ts'

/** Hardening, and every function of the catalogue by the kind of its functionConfig. */
export const kptFunctions: Readonly<Record<string, SdkFunction>> = Object.fromEntries([
  ['Hardening', asKptFunc('Runs every section of one policy', plan)],
  ...catalog.map(({ kind, description }) => [kind, asKptFunc(description, plan)]),
])

export { plan } from './hardening/plan.ts'
export type { Finding, Severity } from './lib/framework/finding.ts'
export { defineFunction, type KrmFunction, type Mode, type Step } from './lib/framework/function.ts'
export { InputError } from './lib/framework/input-error.ts'
export type { KubernetesObject } from './lib/kubernetes/objects.ts'
export { type Answer, run } from './lib/runner/run.ts'
export { asKptFunc } from './lib/runner/sdk.ts'
