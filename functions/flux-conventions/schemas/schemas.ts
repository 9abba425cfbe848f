import { groupOf, type TypeMeta, typeOf } from '../../lib/kubernetes/objects.ts'

/** A schema of OpenAPI, as far as the API server checks objects by it. */
export interface Schema {
  type?: string
  enum?: readonly unknown[]
  pattern?: string
  required?: readonly string[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  properties?: Readonly<Record<string, Schema>>
  items?: Schema
  additionalProperties?: Schema
  /** Fields that it does not name are kept. */
  open?: boolean
}

/** What Flux stores of one kind. */
export interface FluxKind {
  /** The version that Flux stores. */
  version: string
  spec: Schema
}

/** The kinds of Flux, by `group/Kind`. */
export type Schemas = Readonly<Record<string, FluxKind>>

/** Is this a group of Flux? */
export const isOfFlux = ({ apiVersion }: { apiVersion: string }): boolean =>
  groupOf(apiVersion).endsWith('.toolkit.fluxcd.io')

/** Read on first use: no other function needs them. */
export const loadSchemas = async (): Promise<Schemas> => {
  const { default: file } = await import('./flux.json')
  return file.kinds as Schemas
}

export const fluxKindOf = (schemas: Schemas, type: TypeMeta): FluxKind | undefined => schemas[typeOf(type)]
