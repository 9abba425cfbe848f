import type * as z from 'zod/mini'
import { catalog } from '../catalog.ts'
import { API_VERSION, parseConfig, type Schema } from '../lib/config.ts'
import type { KrmFunction, Mode, Step } from '../lib/function.ts'
import { type Fields, isFields } from '../lib/kubernetes/object.ts'
import { didYouMean } from '../lib/nearest.ts'
import { InputError } from '../lib/wire/input-error.ts'
import { hardeningSchema } from './config.ts'

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
  const { mode, flows } = parseConfig(
    hardeningSchema as Schema<{ mode?: Mode; flows?: Fields }>,
    spec,
    'Hardening: spec',
  )
  const sections = spec as Fields
  return catalog
    .filter((definition) => isFields(sections[definition.section]))
    .map((definition) => {
      const section = withFlows(
        definition,
        sections[definition.section] as Fields,
        flows === undefined ? undefined : sections.flows,
      )
      const parsed = parseConfig(definition.schema, section, `Hardening: spec.${definition.section}`)
      return { function: definition, spec: mode === 'validate' ? { ...parsed, mode } : parsed }
    })
}

/** Flows stand once, in spec.flows; a section that derives something from them gets them there. */
function withFlows(definition: KrmFunction, own: Fields, flows: unknown): Fields {
  if (own.flows !== undefined)
    throw new InputError(
      `Hardening: spec.${definition.section}.flows: found flows in a section, expected them in spec.flows, where every section sees the same`,
    )
  return flows !== undefined && takesFlows(definition) ? { ...own, flows } : own
}

const takesFlows = ({ schema }: KrmFunction): boolean =>
  Object.hasOwn((schema as unknown as z.ZodMiniObject)._zod.def.shape, 'flows')
