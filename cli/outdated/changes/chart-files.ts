import { lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import type { Fields } from '../../../functions/lib/kubernetes/objects.ts'
import { Failure, FINDINGS } from '../../exit-code.ts'
import type { PulledChart } from '../../lock/chart/helm.ts'
import { run } from '../../process.ts'
import { isFolder } from '../../tree/kustomization.ts'
import { parseValues } from '../tree/helm-values.ts'

/** What a chart knows of its values. */
export interface ChartFiles {
  /** Its defaults. */
  values: Fields
  /** JSON Schema of the values, if it has one. */
  schema: Fields | undefined
  /** Text of its templates, and of those of library charts, which read its values too. */
  templates: string
  /** Subcharts by the key of their values. */
  subcharts: ReadonlyMap<string, ChartFiles>
}

const charts = new Map<string, Promise<ChartFiles>>()

/** Unpacks a chart and reads it, once. Throws Failure (1) for an archive that cannot be unpacked. */
export function readChart({ archive }: PulledChart): Promise<ChartFiles> {
  const chart = charts.get(archive) ?? unpack(archive)
  charts.set(archive, chart)
  return chart
}

async function unpack(archive: string): Promise<ChartFiles> {
  const folder = join(dirname(archive), 'unpacked')
  mkdirSync(folder, { recursive: true })
  const { status, stderr } = await run('tar', ['-xzf', archive, '-C', folder, '--no-same-owner'])
  if (status !== 0) throw new Failure(`the chart cannot be unpacked: ${stderr.trim()}`, FINDINGS)
  const [name = ''] = readdirSync(folder)
  return readFolder(join(folder, name))
}

function readFolder(folder: string): ChartFiles {
  const inner = join(folder, 'charts')
  const folders = (isFolder(inner) ? readdirSync(inner) : []).map((name) => join(inner, name)).filter(isFolder)
  const dependencies = listAt(readYaml(join(folder, 'Chart.yaml')), 'dependencies')
  const subcharts = folders.map((path) => ({ chart: readYaml(join(path, 'Chart.yaml')), files: readFolder(path) }))
  const libraries = subcharts.filter(({ chart }) => chart.type === 'library')
  return {
    values: readYaml(join(folder, 'values.yaml')),
    schema: readSchema(join(folder, 'values.schema.json')),
    templates: [...textsBelow(join(folder, 'templates')), ...libraries.map(({ files }) => files.templates)].join('\n'),
    subcharts: new Map(
      subcharts.flatMap(({ chart, files }) => {
        const aliases = dependencies.filter(({ name }) => name === chart.name).map(({ alias, name }) => alias ?? name)
        return (aliases.length > 0 ? aliases : [chart.name]).map((key) => [String(key), files] as const)
      }),
    ),
  }
}

/** A link of an archive may lead anywhere. */
const textOf = (path: string): string =>
  lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : ''

const readYaml = (path: string): Fields => parseValues(textOf(path), `${basename(path)} of the chart`)

/** JSON is YAML too. */
const readSchema = (path: string): Fields | undefined => {
  const text = textOf(path)
  return text === '' ? undefined : parseValues(text, `${basename(path)} of the chart`)
}

const textsBelow = (folder: string): string[] =>
  isFolder(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => textOf(join(folder, path)))
    : []
