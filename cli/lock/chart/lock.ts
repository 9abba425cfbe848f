import { existsSync, readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { digestOf } from '../../../functions/lib/charts/canonical-json.ts'
import { CHART_LOCK, isChartLock } from '../../../functions/lib/charts/chart-lock.ts'
import { type Release, releaseOf } from '../../../functions/lib/charts/release.ts'
import { API_VERSION } from '../../../functions/lib/framework/config.ts'
import { describe, isFields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { display } from '../../display.ts'
import { Failure } from '../../exit-code.ts'
import { readObjects } from '../../read-objects.ts'
import { changesBetween } from './changes.ts'
import { type Capabilities, type Rendered, render } from './helm.ts'
import { imagesOf } from './images.ts'
import { reduced } from './reduce.ts'
import type { Lockable } from './releases.ts'

/** The lock of one HelmRelease, before and now. */
export interface LockedChart {
  release: Release
  file: string
  before: string | undefined
  after: string
  /** What differs for a reviewer; every fact for a lock that is new. */
  changes: string[]
  /** The images of the chart that have a tag and no digest. */
  images: string[]
}

/** What a chart is rendered for, unless its lock or the command says more. */
export const KUBERNETES = '1.32.0'

/**
 * Makes the locks of releases from what Helm renders for them now, for the cluster that is given, or the one that a lock
 * already names. Throws Failure (2) where the chart of a release cannot be told.
 */
export function lockCharts(releases: readonly Lockable[], wanted: Partial<Capabilities>): Promise<LockedChart[]> {
  return Promise.all(releases.map((lockable) => lockRelease(requireRelease(lockable), lockable.file, wanted)))
}

/** Throws Failure (2) where the chart of a HelmRelease cannot be told. */
export function requireRelease({ object, around, targetNamespace, from }: Lockable): Release {
  const release = releaseOf(object, around, targetNamespace)
  if (!('expected' in release)) return release
  throw new Failure(
    `${display(from)}: ${describe(object)}: ${release.field}: found ${release.found}, expected ${release.expected}`,
  )
}

/** The lock of a release, as a file has it and as it is now. */
export async function lockRelease(release: Release, path: string, wanted: Partial<Capabilities>): Promise<LockedChart> {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  const locked = before === undefined ? [] : readObjects(before, display(path)).filter(isChartLock)
  const capabilities = capabilitiesFor(locked, wanted)
  const rendered = await render(release, capabilities)
  const objects = reduced(rendered.objects)
  const known = locked.flatMap((lock) => (valueAt(lock, ['spec', 'objects']) ?? []) as KubernetesObject[])
  return {
    release,
    file: path,
    before,
    after: lockText(release, rendered, objects, capabilities),
    changes: changesBetween(known, objects),
    images: await imagesOf(objects),
  }
}

/** A lock is renewed for the cluster that it was made for. */
function capabilitiesFor(locks: readonly KubernetesObject[], wanted: Partial<Capabilities>): Capabilities {
  const [spec] = locks.flatMap((lock) => (isFields(lock.spec) ? [lock.spec] : []))
  const { kubernetes, apiVersions } = spec ?? {}
  return {
    kubernetes: wanted.kubernetes ?? (typeof kubernetes === 'string' ? kubernetes : KUBERNETES),
    apiVersions: wanted.apiVersions ?? (Array.isArray(apiVersions) ? apiVersions.map(String) : []),
  }
}

const lockText = (
  { object, name, namespace, chart, version, values, valuesByKey }: Release,
  { digest, helm, crds }: Rendered,
  objects: readonly KubernetesObject[],
  { kubernetes, apiVersions }: Capabilities,
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
        ...(Object.keys(valuesByKey).length > 0 && { valuesByKey }),
        helm,
        kubernetes,
        ...(apiVersions.length > 0 && { apiVersions }),
        digest: digestOf(objects),
        ...(crds.length > 0 && { crds }),
        objects,
      },
    },
    { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false },
  )}`
