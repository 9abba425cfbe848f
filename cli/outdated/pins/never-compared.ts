import { isExactVersion } from '../../../functions/lib/charts/exact-version.ts'
import { type NotCompared, namedAt } from '../tree/not-compared.ts'
import type { Written } from '../tree/written.ts'

// What pins something and has no list of versions to compare with. It is named.

export const A_RANGE = 'a range, so that what runs changes without a change here'

/** What the Flux Operator installs. Source: https://fluxoperator.dev/docs/crd/fluxinstance/ */
export function ofFluxInstance({ document, at }: Written): NotCompared[] {
  const version = at(['spec', 'distribution', 'version'])
  const artifact = at(['spec', 'distribution', 'artifact'])
  return [
    ...(version
      ? [
          namedAt(
            document,
            version,
            isRange(String(version.value)) ? A_RANGE : 'a version of Flux, which is no chart or image',
          ),
        ]
      : []),
    ...(artifact ? [namedAt(document, artifact, 'the manifests that the Flux Operator installs')] : []),
  ]
}

/** The range in which a provider looks for tags. Source: https://fluxoperator.dev/docs/crd/resourcesetinputprovider/ */
export function ofInputProvider({ document, at }: Written): NotCompared[] {
  const semver = at(['spec', 'filter', 'semver'])
  return semver ? [namedAt(document, semver, A_RANGE)] : []
}

/** What a Git repository pins is only named. */
export function ofGitRepository({ document, at }: Written): NotCompared[] {
  const [commit, semver, tag] = ['commit', 'semver', 'tag'].map((key) => at(['spec', 'ref', key]))
  if (commit) return [namedAt(document, commit, 'a commit of a Git repository')]
  if (semver) return [namedAt(document, semver, A_RANGE)]
  return tag ? [namedAt(document, tag, 'a tag of a Git repository, which no registry lists')] : []
}

export const isRange = (version: string): boolean =>
  !isExactVersion(version) && /[*x<>=~^|, ]|^v?\d+(?:\.\d+)?$/i.test(version)
