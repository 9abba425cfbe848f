import { isExactVersion } from '../../lib/charts/exact-version.ts'
import { textAt } from '../../lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { hasVariable } from '../schemas/variable.ts'
import { defineRule, type Violation } from './rule.ts'

/** Charts are pinned to one version, and OCI artifacts to a tag or digest. */
export const chartPinned = defineRule({
  name: 'chart-pinned',
  severity: 'error',
  means: 'The version of a chart is a range or absent, or an OCIRepository has neither tag nor digest.',
  why: 'What runs changes without a change in Git, so nobody reviews it and nobody can go back.',
  fix: 'Write an exact version or tag, and let an updater propose new ones.',
  *violations(tree) {
    for (const entry of tree.entries) {
      const { object } = entry
      if (isKind(object, 'helm.toolkit.fluxcd.io', 'HelmRelease')) yield* ofChart(object, ['spec', 'chart', 'spec'])
      if (isKind(object, 'source.toolkit.fluxcd.io', 'HelmChart')) yield* ofChart(object, ['spec'])
      if (isKind(object, 'source.toolkit.fluxcd.io', 'OCIRepository')) yield* ofArtifact(object)
    }
  },
})

function* ofChart(object: KubernetesObject, path: readonly string[]): Generator<Violation> {
  const chart = valueAt(object, path)
  // A chart from Git or a bucket has no version of its own.
  if (chart === undefined || textAt(chart, 'sourceRef', 'kind') !== 'HelmRepository') return
  const version = textAt(chart, 'version')
  if (version !== undefined && (isExactVersion(version) || hasVariable(version))) return
  yield {
    object,
    path: [...path, 'version'].join('.'),
    found: version === undefined ? 'nothing' : JSON.stringify(version),
    expected: 'an exact version such as 1.2.3',
  }
}

function* ofArtifact(object: KubernetesObject): Generator<Violation> {
  if (textAt(object, 'spec', 'ref', 'tag') || textAt(object, 'spec', 'ref', 'digest')) return
  const range = textAt(object, 'spec', 'ref', 'semver')
  yield {
    object,
    path: 'spec.ref',
    found: range === undefined ? 'nothing' : `the range ${JSON.stringify(range)}`,
    expected: 'a tag, better with a digest',
  }
}
