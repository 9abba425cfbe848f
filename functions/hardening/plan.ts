import type * as z from 'zod/mini'
import { catalog } from '../catalog.ts'
import type { ElsewhereSpec } from '../lib/flows/elsewhere.ts'
import type { FlowsSpec } from '../lib/flows/schema.ts'
import { API_VERSION, parseConfig, type Schema } from '../lib/framework/config.ts'
import { didYouMean } from '../lib/framework/did-you-mean.ts'
import type { KrmFunction, Mode, Step } from '../lib/framework/function.ts'
import { InputError } from '../lib/input-error.ts'
import { type Fields, isFields } from '../lib/kubernetes/objects.ts'
import { hardeningSchema } from './config.ts'

interface Section {
  mode: Mode
  flows?: FlowsSpec
  elsewhere?: ElsewhereSpec
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
  if (!isFields(functionConfig))
    throw new InputError(`functionConfig: expected an object of ${API_VERSION}, kind ${KINDS.join(', ')}; found none`)
  const { apiVersion, kind } = functionConfig
  if (apiVersion !== API_VERSION || typeof kind !== 'string' || !KINDS.includes(kind)) {
    const meant = apiVersion === API_VERSION ? didYouMean(String(kind), KINDS) : ''
    throw new InputError(
      `functionConfig: found ${kind} of ${apiVersion}${meant}, expected ${API_VERSION} and one of the kinds ${KINDS.join(', ')}`,
    )
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

/** What the policies of all sections say once, for those that take it. */
const SHARED = ['flows', 'elsewhere'] as const

/** What a section gets from the whole policy: what is shared, as far as it takes it, and validate mode. */
function shared(definition: KrmFunction, section: Section, whole: HardeningSpec): Partial<Section> {
  const misplaced = SHARED.find((key) => section[key] !== undefined)
  if (misplaced)
    throw new InputError(
      `Hardening: spec.${definition.section}.${misplaced}: found ${misplaced} in a section, expected them in spec.${misplaced}, where every section sees the same`,
    )
  const taken = SHARED.filter((key) => whole[key] !== undefined && takes(definition, key))
  return {
    ...Object.fromEntries(taken.map((key) => [key, whole[key]])),
    ...(whole.mode === 'validate' && { mode: whole.mode }),
  }
}

const takes = ({ schema }: KrmFunction, key: string): boolean =>
  Object.hasOwn((schema as unknown as z.ZodMiniObject)._zod.def.shape, key)
