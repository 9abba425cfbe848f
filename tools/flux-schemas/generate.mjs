// `npm run update:flux-schemas`: writes functions/flux-conventions/schemas/flux.json from the Go types of Flux's controllers,
// by the same controller-gen with which their projects make the definitions that they publish. Needs Go and its proxy.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

const here = import.meta.dirname
const target = join(here, '../../functions/flux-conventions/schemas/flux.json')
const LICENCE = 'Apache License'

const go = (...args) => execFileSync('go', args, { cwd: here, encoding: 'utf8', maxBuffer: 1 << 28 })

/** The modules of Flux that go.mod pins, and where Go has put them. */
const modules = go('list', '-m', '-f', '{{.Path}} {{.Version}} {{.Dir}}', 'all')
  .split('\n')
  .map((line) => line.split(' '))
  .filter(([path]) => /^github\.com\/fluxcd\/[\w-]+-controller\/api$/.test(path))
for (const [path, , folder] of modules) {
  const file = join(folder, 'LICENSE')
  if (!existsSync(file) || !readFileSync(file, 'utf8').includes(LICENCE))
    throw new Error(`${path}: expected the Apache License 2.0 in ${file}`)
}

/** What the API server checks by a schema. Rules in CEL, defaults and descriptions are left out. */
const KEYWORDS = [
  'type',
  'enum',
  'pattern',
  'required',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxItems',
  'minItems',
]

function compact(schema) {
  const node = Object.fromEntries(KEYWORDS.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]])))
  if (schema.properties)
    node.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, child]) => [name, compact(child)]),
    )
  if (schema.items) node.items = compact(schema.items)
  if (typeof schema.additionalProperties === 'object') node.additionalProperties = compact(schema.additionalProperties)
  if (schema['x-kubernetes-preserve-unknown-fields']) node.open = true
  if (schema['x-kubernetes-int-or-string']) node.type = 'integerOrString'
  return node
}

const packages = modules.map(([path]) => `paths=${path}/...`)
const definitions = parseAllDocuments(
  go('tool', 'controller-gen', 'crd:crdVersions=v1', ...packages, 'output:crd:stdout'),
)
  .map((document) => document.toJS())
  .filter((definition) => definition?.kind === 'CustomResourceDefinition')

const kinds = Object.fromEntries(
  definitions
    .map(({ spec }) => {
      const { name, schema } = spec.versions.find((version) => version.storage)
      return [
        `${spec.group}/${spec.names.kind}`,
        { version: name, spec: compact(schema.openAPIV3Schema.properties.spec) },
      ]
    })
    .sort(([a], [b]) => (a < b ? -1 : 1)),
)

writeFileSync(
  target,
  `${JSON.stringify(
    {
      source: Object.fromEntries(modules.map(([path, version]) => [path, version])),
      license: 'Apache-2.0',
      kinds,
    },
    null,
    1,
  )}\n`,
)
