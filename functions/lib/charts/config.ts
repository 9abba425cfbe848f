import { reasonSchema } from '../framework/config.ts'
import * as z from '../framework/lazy-zod.ts'

const sourceKeySchema = z
  .string()
  .check(
    z.regex(
      /^(?:HelmRepository|OCIRepository)\/[^/]+\/[^/]+$/,
      'HelmRepository/namespace/name or OCIRepository/namespace/name',
    ),
  )
const urlSchema = z.string().check(z.describe('Its `spec.url`'))
const tagSchema = z.string().check(z.describe('`spec.ref.tag` of an OCIRepository'))

/** What the policy says about Flux, for functions whose objects are installed by HelmReleases. */
export const fluxSchema = z
  .strictObject({
    version: z
      .optional(z.string().check(z.regex(/^\d+\.\d+$/, 'a version of Flux such as 2.9')))
      .check(z.describe('Version of Flux in the cluster; from `2.9` on, helm-controller post-renders hooks too')),
    targetNamespace: z
      .optional(z.string())
      .check(z.describe('Namespace that the Flux Kustomization gives objects that name none')),
    valuesFrom: z
      .optional(z.record(z.string(), z.strictObject({ reason: reasonSchema })))
      .check(
        z.describe('Secrets that give values to HelmReleases, by name, and why they change nothing that is hardened'),
      ),
    sources: z
      .optional(z.record(sourceKeySchema, z.strictObject({ url: urlSchema, tag: z.optional(tagSchema) })))
      .check(
        z.describe(
          'Sources of charts that another build has, by `HelmRepository/namespace/name` or `OCIRepository/namespace/name`; one of the build itself counts first',
        ),
      ),
    unlocked: z
      .optional(z.record(z.string(), z.strictObject({ reason: reasonSchema })))
      .check(z.describe('HelmReleases, by name, that run as their charts have them, and why')),
  })
  .check(z.describe('How Flux installs the HelmReleases of the build'))
export type FluxSpec = z.infer<typeof fluxSchema>
