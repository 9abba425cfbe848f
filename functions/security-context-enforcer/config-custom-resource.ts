import * as z from '../lib/framework/lazy-zod.ts'
import { CHECK_NAMES } from './checks/index.ts'
import { LEVELS } from './checks/levels.ts'
import { FIELDS } from './config-container.ts'

const pathSchema = z.string().check(z.regex(/^[^.]+(\.[^.]+)*$/, 'a path such as spec.pod.securityContext'))

const podSchema = z.strictObject({
  of: pathSchema.check(z.describe('Path that must exist for the operator to create such pods')),
  containers: z
    .optional(z.array(pathSchema))
    .check(z.describe('Paths of the securityContexts of containers that the operator creates')),
  containerLists: z
    .optional(z.array(pathSchema))
    .check(z.describe('Paths of lists of containers that it adds to its own')),
})

/** Where a custom resource holds the security contexts of the pods that its operator creates. */
export const customResourceSchema = z
  .strictObject({
    level: z
      .optional(z.enum(LEVELS))
      .check(
        z.describe(
          'The strictest level that its pods can meet, hardened or not as `harden` says; `restricted` unless set',
        ),
      ),
    harden: z
      .optional(z.boolean())
      .check(z.describe('Set security contexts in it; otherwise its pods only count for the level of their namespace')),
    podSecurityContexts: z
      .optional(z.record(pathSchema, podSchema.check(z.describe('The path of a pod-level securityContext'))))
      .check(z.describe('Its pods, by the path of their securityContext')),
    omit: z
      .optional(z.array(z.enum(FIELDS)))
      .check(z.describe('Fields that are not set, because its operator or image does not work with them')),
    volumes: z.optional(z.array(pathSchema)).check(z.describe('Paths of lists of volumes')),
    claims: z
      .optional(z.array(pathSchema))
      .check(z.describe('Paths that, if they exist, make the operator claim a persistent volume for its pods')),
    flags: z
      .optional(z.record(pathSchema, z.enum(CHECK_NAMES)))
      .check(z.describe('Paths of booleans, each with the baseline check that its pods fail if it is true')),
  })
  .check(z.describe('One kind; an entry for a built-in kind is merged over it'))
export type CustomResourceSpec = z.infer<typeof customResourceSchema>
