import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type KubernetesObject, describe as nameOf } from '../../functions/lib/kubernetes/objects.ts'

const root = join(__dirname, '../..')

/** Istio promoted these APIs to v1 with the schemas they had; the models know them by the versions before. */
const SAME_SCHEMA: Readonly<Record<string, string>> = {
  'security.istio.io/v1': 'security.istio.io/v1beta1',
  'networking.istio.io/v1': 'networking.istio.io/v1beta1',
  'telemetry.istio.io/v1': 'telemetry.istio.io/v1alpha1',
}

/** Kinds of operators of which kubernetes-models has no schema. Those of Flux are checked by its own (test/e2e/flux-kinds). */
const WITHOUT_MODEL =
  /^(?:kafka\.strimzi\.io|pingcap\.com|autoscaling\.k8s\.io|argoproj\.io|external-secrets\.io|cert-manager\.io|cilium\.io|monitoring\.coreos\.com|\w+\.toolkit\.fluxcd\.io)\//

interface Model {
  module: string
  apiVersion: string
}

function modelOf({ apiVersion, kind }: KubernetesObject): Model | undefined {
  if (WITHOUT_MODEL.test(apiVersion)) return undefined
  const known = SAME_SCHEMA[apiVersion] ?? apiVersion
  const models = known.includes('.istio.io/') ? '@kubernetes-models/istio' : 'kubernetes-models'
  return { module: `${models}/${known}/${kind}`, apiVersion: known }
}

/** Why the schema of its kind refuses an object; undefined if it does not, or if the kind has no model. */
export function schemaError(object: KubernetesObject): string | undefined {
  const model = modelOf(object)
  if (!model) return undefined
  // biome-ignore lint/suspicious/noExplicitAny: the module is chosen at run time
  const { [object.kind]: Kind } = require(model.module) as Record<string, new (data: any) => { validate(): void }>
  if (!Kind) return `${nameOf(object)}: no model ${model.module}`
  try {
    new Kind({ ...object, apiVersion: model.apiVersion }).validate()
    return undefined
  } catch (cause) {
    return `${nameOf(object)}: ${(cause as Error).message}`
  }
}

/**
 * The errors of the compiler for objects written as literals of their types: unlike the schemas, types refuse a field
 * that the API does not know.
 */
export function unknownFields(objects: readonly KubernetesObject[]): string[] {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  // A folder of its own: test files run side by side.
  const folder = mkdtempSync(join(cache, 'literals-'))
  const modelled = objects.filter((object) => modelOf(object) !== undefined)
  const lines = modelled.map((object, index) => {
    const model = modelOf(object) as Model
    const literal = JSON.stringify({ ...object, apiVersion: model.apiVersion })
    return `const o${index}: import('${model.module}').I${object.kind} = ${literal}`
  })
  writeFileSync(join(folder, 'literals.ts'), `${lines.join('\n')}\nexport {}\n`)
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--types',
    '',
    '--module',
    'preserve',
    '--moduleResolution',
    'bundler',
  ]
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['--ignoreConfig', ...options, join(folder, 'literals.ts')], {
      stdio: 'pipe',
    })
    return []
  } catch (cause) {
    return String((cause as { stdout: Buffer }).stdout)
      .trim()
      .split('\n')
      .map((line) => namedBy(line, modelled))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const namedBy = (line: string, objects: readonly KubernetesObject[]): string => {
  const object = objects[Number(/literals\.ts\((\d+),/.exec(line)?.[1]) - 1]
  return object ? `${nameOf(object)}: ${line.replace(/^.*?: error /, '')}` : line
}
