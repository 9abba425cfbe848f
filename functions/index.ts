/** For those who embed the functions in a program of their own, by way of the kpt-functions SDK. */
import type { KptFunc } from 'kpt-functions'
import { catalog } from './catalog.ts'
import { plan } from './hardening/plan.ts'
import { asKptFunc } from './lib/runner/sdk.ts'

/** Hardening, and every function of the catalogue by the kind of its functionConfig. */
export const kptFunctions: Readonly<Record<string, KptFunc>> = Object.fromEntries([
  ['Hardening', asKptFunc('Runs every section of one policy', plan)],
  ...catalog.map(({ kind, description }) => [kind, asKptFunc(description, plan)]),
])

export { plan } from './hardening/plan.ts'
export { type Answer, run } from './lib/runner/run.ts'
