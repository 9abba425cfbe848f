import * as z from '../../lib/framework/lazy-zod.ts'
import { matchSchema } from '../../lib/framework/match.ts'
import { PATTERN } from './field-pattern.ts'

const pathSchema = z
  .string()
  .check(
    z.regex(PATTERN, 'a path such as spec.images.* or spec["a.b"].**.image'),
    z.describe('Path of the image; `*` stands for any key or index, `**` for any number of them'),
  )

const partsSchema = z
  .strictObject({
    registry: z.optional(z.string()).check(z.describe('Key of the registry host, if it has a key of its own')),
    repository: z.string().check(z.describe('Key of the repository')),
    tag: z
      .optional(z.string())
      .check(z.describe('Key of the tag; the digest goes after the tag if no key below takes it')),
    digest: z.optional(z.string()).check(z.describe('Key of the digest, `sha256:` included')),
    sha256: z.optional(z.string()).check(z.describe('Key of the bare hexadecimal digits of the digest')),
  })
  .check(
    z.describe(
      'Keys of the map at `path` that together spell the image; without it, the value at `path` is the whole image',
    ),
  )
export type Parts = z.infer<typeof partsSchema>

const argumentSchema = z.strictObject({
  argument: z.string().check(z.minLength(1), z.describe('Flag of a container, `--flag=IMAGE` or `--flag IMAGE`')),
  match: z.optional(matchSchema).check(z.describe('Only in these workloads')),
})

const environmentSchema = z.strictObject({
  environment: z
    .string()
    .check(
      z.minLength(1),
      z.describe('Variable of a container whose value is IMAGE, or a list of IMAGE or KEY=IMAGE; `*` is allowed'),
    ),
  match: z.optional(matchSchema).check(z.describe('Only in these workloads')),
})

const resourceSchema = z.strictObject({
  kind: z
    .string()
    .check(
      z.regex(/^[a-z0-9.-]*\/[A-Za-z0-9]+$/, 'group/Kind such as kafka.strimzi.io/Kafka'),
      z.describe('Group and kind, `kafka.strimzi.io/Kafka`'),
    ),
  path: pathSchema,
  parts: z.optional(partsSchema),
  match: z.optional(matchSchema).check(z.describe('Only in these objects')),
})

const configMapSchema = z.strictObject({
  configMap: z
    .string()
    .check(z.minLength(1), z.describe('Name of the ConfigMap, with or without its hash; `*` is allowed')),
  key: z.string().check(z.minLength(1), z.describe('Key under `data`')),
  path: z.optional(pathSchema).check(z.describe('Path in the YAML or JSON text; without it, the text is the image')),
  parts: z.optional(partsSchema),
})

export const placeSchema = z.union([argumentSchema, environmentSchema, resourceSchema, configMapSchema])
export type ArgumentPlace = z.infer<typeof argumentSchema>
export type EnvironmentPlace = z.infer<typeof environmentSchema>
export type ResourcePlace = z.infer<typeof resourceSchema>
export type ConfigMapPlace = z.infer<typeof configMapSchema>
export type ImagePlace = z.infer<typeof placeSchema>
