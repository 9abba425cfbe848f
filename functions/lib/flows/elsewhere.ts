import { reasonSchema } from '../framework/config.ts'
import * as z from '../framework/lazy-zod.ts'

const PODS = /^[^/*\s]+(?:\/[^/*\s]+(?:\/[^/*\s]*)?)?$/

/** A map, so that layers of policy merge entry by entry. */
export const elsewhereSchema = z
  .record(
    z.string().check(z.regex(PODS, 'namespace, namespace/app or namespace/app/component')),
    z
      .strictObject({ reason: reasonSchema })
      .check(z.describe('Pods of one entry, with the repository or the team that has them')),
  )
  .check(
    z.describe(
      'Callers and destinations that other repositories deploy, as `namespace`, `namespace/app` or `namespace/app/component`',
    ),
  )
export type ElsewhereSpec = z.infer<typeof elsewhereSchema>

/** The entry that covers these pods, written as flows write callers; undefined if none does. */
export function elsewhereEntry(elsewhere: ElsewhereSpec | undefined, pods: string): string | undefined {
  return Object.keys(elsewhere ?? {}).find((entry) => `${pods}/`.startsWith(`${entry}/`))
}
