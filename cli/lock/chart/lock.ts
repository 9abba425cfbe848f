import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { digestOf } from '../../../functions/lib/charts/canonical-json.ts'
import { CHART_LOCK, isChartLock } from '../../../functions/lib/charts/chart-lock.ts'
import { isHelmRelease, type Release, releaseOf } from '../../../functions/lib/charts/release.ts'
import { API_VERSION } from '../../../functions/lib/framework/config.ts'
import { describe, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { display } from '../../display.ts'
import { Failure } from '../../exit-code.ts'
import { readObjects } from '../../read-objects.ts'
import { changesBetween } from './changes.ts'
import { render } from './helm.ts'
import { reduced } from './reduce.ts'

/** The lock of one HelmRelease, before and now. */
export interface LockedChart {
  release: Release
  file: string
  before: string | undefined
  after: string
  /** What differs for a reviewer; every fact for a lock that is new. */
  changes: string[]
}

/**
 * Makes or renews the locks of the HelmReleases in a file. Their sources are looked for in the YAML files next to it.
 * Throws Failure (2) for a file without a HelmRelease, or with one whose chart cannot be told.
 */
export async function lockCharts(
  file: string,
  kubernetes: string,
  targetNamespace: string | undefined,
): Promise<LockedChart[]> {
  const releases = readObjects(readFileSync(file, 'utf8'), display(file)).filter(isHelmRelease)
  if (releases.length === 0) throw new Failure(`${display(file)}: found no HelmRelease, expected one`)
  const around = readdirSync(dirname(file))
    .filter((name) => /\.ya?ml$/.test(name) && !/^kustomization\./.test(name))
    .flatMap((name) => objectsIn(join(dirname(file), name)))
  return Promise.all(releases.map((object) => lockOf(object, around, file, kubernetes, targetNamespace)))
}

/** A file next to it may be a patch or values, and so no object. */
function objectsIn(file: string): KubernetesObject[] {
  try {
    return readObjects(readFileSync(file, 'utf8'), display(file))
  } catch (cause) {
    if (cause instanceof Failure) return []
    throw cause
  }
}

async function lockOf(
  object: KubernetesObject,
  around: readonly KubernetesObject[],
  file: string,
  kubernetes: string,
  targetNamespace: string | undefined,
): Promise<LockedChart> {
  const release = releaseOf(object, around, targetNamespace)
  if ('expected' in release)
    throw new Failure(
      `${display(file)}: ${describe(object)}: ${release.field}: found ${release.found}, expected ${release.expected}`,
    )
  const rendered = await render(release, kubernetes)
  const objects = reduced(rendered.objects)
  const path = join(dirname(file), `${object.metadata.name}.lock.yaml`)
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  const locked = before === undefined ? [] : readObjects(before, display(path)).filter(isChartLock)
  const known = locked.flatMap((lock) => (valueAt(lock, ['spec', 'objects']) ?? []) as KubernetesObject[])
  return {
    release,
    file: path,
    before,
    after: lockText(release, rendered, objects, kubernetes),
    changes: changesBetween(known, objects),
  }
}

const lockText = (
  { object, name, namespace, chart, version, values }: Release,
  { digest, helm }: { digest: string; helm: string },
  objects: readonly KubernetesObject[],
  kubernetes: string,
): string =>
  `# What the chart renders for this release. Made by krm-hardening lock --chart; do not edit it.\n${stringify(
    {
      apiVersion: API_VERSION,
      kind: CHART_LOCK,
      metadata: {
        name: object.metadata.name,
        ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace }),
        annotations: { 'config.kubernetes.io/local-config': 'true' },
      },
      spec: {
        chart: { url: chart, version, digest },
        release: { name, namespace },
        values,
        helm,
        kubernetes,
        digest: digestOf(objects),
        objects,
      },
    },
    { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false },
  )}`
