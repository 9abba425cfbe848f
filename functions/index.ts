/** For programs that embed the functions: by text with `run`, or through the kpt-functions SDK with `kptFunctions`. */
import { catalog } from './catalog.ts'
import { plan } from './hardening/plan.ts'
import { asKptFunc, type SdkFunction } from './lib/runner/sdk.ts'

/** Hardening, and every function of the catalogue by the kind of its functionConfig. */
export const kptFunctions: Readonly<Record<string, SdkFunction>> = Object.fromEntries([
  ['Hardening', asKptFunc('Runs every section of one policy', plan)],
  ...catalog.map(({ kind, description }) => [kind, asKptFunc(description, plan)]),
])

export { catalog } from './catalog.ts'
export { type Explained, explainFinding } from './explain.ts'
export { type Plan, plan, planOf } from './hardening/plan.ts'
export { defineFindings, type Finding, type FindingKind, type Severity } from './lib/framework/finding.ts'
export { defineFunction, type KrmFunction, type Mode, type Step } from './lib/framework/function.ts'
export { InputError } from './lib/framework/input-error.ts'
export type { Schema } from './lib/framework/schema.ts'
export type { KubernetesObject } from './lib/kubernetes/objects.ts'
export { type Answer, run } from './lib/runner/run.ts'
export { asKptFunc } from './lib/runner/sdk.ts'
