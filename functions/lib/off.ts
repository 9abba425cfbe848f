import * as z from 'zod/mini'

/** Turns something off. YAML 1.1, which Kubernetes reads, takes a plain `off` for false, and Kustomize takes it for a text. */
export const offSchema = z.literal(['off', false])
export type Off = z.infer<typeof offSchema>

export const isOff = (value: unknown): value is Off => value === 'off' || value === false
