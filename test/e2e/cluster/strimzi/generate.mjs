import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'

// node test/e2e/cluster/strimzi/generate.mjs: writes definitions.jsonl, with Maven and Java, which no test needs. Strimzi
// publishes classes of Java, and the program that makes CustomResourceDefinitions from them. One version of each kind is
// kept, without descriptions and status: the API server decides nothing by them that a test asks for.

const CLASSES = {
  Kafka: 'io.strimzi.api.kafka.model.kafka.Kafka',
  KafkaNodePool: 'io.strimzi.api.kafka.model.nodepool.KafkaNodePool',
  KafkaTopic: 'io.strimzi.api.kafka.model.topic.KafkaTopic',
}
const home = mkdtempSync(join(tmpdir(), 'strimzi-'))

const VERSION = 'v1beta2'

/** The name of a field may be `description` too: then it holds a schema, and not text. */
const withoutDescriptions = (value) => {
  if (Array.isArray(value)) return value.map(withoutDescriptions)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([key, held]) => key !== 'description' || typeof held !== 'string')
  return Object.fromEntries(entries.map(([key, held]) => [key, withoutDescriptions(held)]))
}

function reduced(definition) {
  const { versions, ...spec } = definition.spec
  const [version] = versions.filter(({ name }) => name === VERSION)
  const { status, ...properties } = version.schema.openAPIV3Schema.properties
  const schema = { openAPIV3Schema: { ...version.schema.openAPIV3Schema, properties } }
  const { name, served } = version
  return withoutDescriptions({ ...definition, spec: { ...spec, versions: [{ name, served, storage: true, schema }] } })
}

try {
  copyFileSync(join(import.meta.dirname, 'pom.xml'), join(home, 'pom.xml'))
  const maven = ['--quiet', '--batch-mode', 'dependency:copy-dependencies', '-DoutputDirectory=lib']
  execFileSync('mvn', maven, { cwd: home, stdio: 'inherit' })
  const definitions = Object.entries(CLASSES).map(([kind, className]) => {
    const file = join(home, `${kind}.yaml`)
    const generator = ['-cp', join(home, 'lib/*'), 'io.strimzi.crdgenerator.CrdGenerator', '--yaml']
    execFileSync('java', [...generator, `${className}=${file}`], { stdio: ['ignore', 'inherit', 'ignore'] })
    return reduced(parse(readFileSync(file, 'utf8')))
  })
  const lines = definitions.map((definition) => `${JSON.stringify(definition)}\n`)
  writeFileSync(join(import.meta.dirname, 'definitions.jsonl'), lines.join(''))
} finally {
  rmSync(home, { recursive: true })
}
