import type * as z from 'zod/mini'
import { catalog } from '../catalog.ts'
import type { FlowsSpec } from '../lib/flows/schema.ts'
import { API_VERSION, parseConfig } from '../lib/framework/config.ts'
import { didYouMean } from '../lib/framework/did-you-mean.ts'
import { policy } from '../lib/framework/findings.ts'
import type { KrmFunction, Mode, Step } from '../lib/framework/function.ts'
import { InputError } from '../lib/framework/input-error.ts'
import type { Schema } from '../lib/framework/schema.ts'
import { type Fields, isFields } from '../lib/kubernetes/objects.ts'
import { hardeningSchema } from './config.ts'

interface Section {
  mode: Mode
  flows?: FlowsSpec
}
type HardeningSpec = Partial<Section> & Fields

const KINDS = ['Hardening', ...catalog.map(({ kind }) => kind)]

/**
 * The functions that a functionConfig asks for, in order, each with its configuration: the one of its kind, or for a
 * Hardening the sections that are present. Throws InputError for any other object and for configuration that does not fit.
 */
export function plan(functionConfig: unknown): Step[] {
  const kind = kindOf(functionConfig)
  const spec = (isFields(functionConfig) && functionConfig.spec) ?? {}
  if (kind === 'Hardening') return planSections(spec)
  const single = catalog.find((definition) => definition.kind === kind)
  return single ? [{ function: single, spec: parseConfig(single.schema, spec, `${kind}: spec`) }] : []
}

function kindOf(functionConfig: unknown): string {
  if (!isFields(functionConfig)) throw new InputError(policy.missing({}, API_VERSION, KINDS.join(', ')))
  const { apiVersion, kind } = functionConfig
  if (apiVersion !== API_VERSION || typeof kind !== 'string' || !KINDS.includes(kind)) {
    const meant = apiVersion === API_VERSION ? didYouMean(String(kind), KINDS) : ''
    throw new InputError(policy['unknown-kind']({}, `${kind} of ${apiVersion}`, meant, API_VERSION, KINDS.join(', ')))
  }
  return kind
}

function planSections(spec: unknown): Step[] {
  const parsed = parseConfig(hardeningSchema as Schema<HardeningSpec>, spec, 'Hardening: spec')
  return catalog.flatMap((definition) => {
    const section = parsed[definition.section] as Section | undefined
    return section ? [{ function: definition, spec: { ...section, ...shared(definition, section, parsed) } }] : []
  })
}

/** What a section gets of the whole: flows, where it derives something from them, and validate mode. */
function shared(definition: KrmFunction, section: Section, { flows, mode }: HardeningSpec): Partial<Section> {
  if (section.flows !== undefined) throw new InputError(policy['flows-in-section']({}, definition.section))
  return { ...(flows && takesFlows(definition) && { flows }), ...(mode === 'validate' && { mode }) }
}

const takesFlows = ({ schema }: KrmFunction): boolean =>
  Object.hasOwn((schema as unknown as z.ZodMiniObject)._zod.def.shape, 'flows')
