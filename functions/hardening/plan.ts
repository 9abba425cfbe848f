import { catalog } from '../catalog.ts'
import type { FluxSpec } from '../lib/charts/config.ts'
import type { ElsewhereSpec } from '../lib/flows/elsewhere.ts'
import type { GatewaysSpec } from '../lib/flows/gateways-schema.ts'
import type { FlowsSpec } from '../lib/flows/schema.ts'
import { API_VERSION, parseConfig } from '../lib/framework/config.ts'
import { didYouMean } from '../lib/framework/did-you-mean.ts'
import { policy } from '../lib/framework/findings.ts'
import type { KrmFunction, Mode, Step } from '../lib/framework/function.ts'
import { InputError } from '../lib/framework/input-error.ts'
import { shapeOf } from '../lib/framework/lazy-zod.ts'
import type { Schema } from '../lib/framework/schema.ts'
import { type Fields, isFields } from '../lib/kubernetes/objects.ts'
import { hardeningSchemaOf } from './config.ts'
import { SHARED, WHOLE } from './shared-fields.ts'

interface Section {
  mode: Mode
  flows?: FlowsSpec
  elsewhere?: ElsewhereSpec
  gateways?: GatewaysSpec
  flux?: FluxSpec
}
type HardeningSpec = Partial<Section> & Fields

/** Turns a functionConfig into the functions to run. */
export type Plan = (functionConfig: unknown) => Step[]

/**
 * The plan for a catalogue of functions: a functionConfig asks for the one of its kind, or as a Hardening for those whose
 * sections are present, in the order of the catalogue. The plan throws InputError for any other object and for
 * configuration that does not fit.
 */
export function planOf(functions: readonly KrmFunction[]): Plan {
  const kinds = ['Hardening', ...functions.map(({ kind }) => kind)]
  const schema = hardeningSchemaOf(functions) as unknown as Schema<HardeningSpec>
  return (functionConfig) => {
    const kind = kindOf(functionConfig, kinds)
    const spec = (isFields(functionConfig) && functionConfig.spec) ?? {}
    if (kind === 'Hardening') return planSections(functions, parseConfig(schema, spec, 'Hardening: spec'))
    const single = functions.find((definition) => definition.kind === kind)
    return single ? [planSingle(single, spec as HardeningSpec, schema)] : []
  }
}

/** The plan for the catalogue. */
export const plan = planOf(catalog)

function kindOf(functionConfig: unknown, kinds: readonly string[]): string {
  const known = kinds.join(', ')
  if (!isFields(functionConfig)) throw new InputError(policy.missing({}, API_VERSION, known))
  const { apiVersion, kind } = functionConfig
  if (apiVersion === API_VERSION && typeof kind === 'string' && kinds.includes(kind)) return kind
  const meant = apiVersion === API_VERSION ? didYouMean(String(kind), kinds) : ''
  throw new InputError(policy['unknown-kind']({}, `${kind} of ${apiVersion}`, meant, API_VERSION, known))
}

const planSections = (functions: readonly KrmFunction[], spec: HardeningSpec): Step[] =>
  functions.flatMap((definition) => {
    const section = spec[definition.section] as Section | undefined
    return section ? [{ function: definition, spec: { ...section, ...shared(definition, section, spec) } }] : []
  })

/** A kind of its own, with what the Hardening of which it is a part says for all. */
function planSingle(definition: KrmFunction, written: HardeningSpec, schema: Schema<HardeningSpec>): Step {
  const { kind } = definition
  const { [WHOLE]: whole, ...own } = written
  if (whole === undefined) return { function: definition, spec: parseConfig(definition.schema, own, `${kind}: spec`) }
  const twice = SHARED.find((key) => own[key] !== undefined)
  if (twice) throw new InputError(policy['shared-twice']({}, kind, twice))
  const all = parseConfig(schema, whole, `${kind}: spec.${WHOLE}`)
  const section = parseConfig(definition.schema, own, `${kind}: spec`)
  return { function: definition, spec: { ...section, ...shared(definition, {}, all) } }
}

/** What a section gets from the whole policy: what is shared, as far as it takes it, and validate mode. */
function shared(definition: KrmFunction, section: Partial<Section>, whole: HardeningSpec): Partial<Section> {
  const misplaced = SHARED.find((key) => section[key] !== undefined)
  if (misplaced) throw new InputError(policy['flows-in-section']({}, definition.section, misplaced))
  const taken = SHARED.filter((key) => whole[key] !== undefined && takes(definition, key))
  return {
    ...Object.fromEntries(taken.map((key) => [key, whole[key]])),
    ...(whole.mode === 'validate' && { mode: whole.mode }),
  }
}

const takes = ({ schema }: KrmFunction, key: string): boolean => Object.hasOwn(shapeOf(schema), key)
