/** The version that is installed if none is found: the one that the tests run. */
export const PINNED = 'v5.5.0'

/** sha256 of the release's archives. Source: checksums.txt of https://github.com/kubernetes-sigs/kustomize/releases/tag/kustomize%2Fv5.5.0 */
const CHECKSUMS: Readonly<Record<string, string>> = {
  linux_amd64: '6703a3a70a0c47cf0b37694030b54f1175a9dfeb17b3818b623ed58b9dbc2a77',
  linux_arm64: 'b4170d1acb8cfacace9f72884bef957ff56efdcd4813b66e7604aabc8b57e93d',
  darwin_amd64: '874224e75229821b1e571aefa45703789b77336302a34692eac65adbe0dc1cee',
  darwin_arm64: '5baa407bdaee51b97626ef1fca3292e1a1c846357d3028db826057ecceed7178',
}

export interface Archive {
  url: string
  sha256: string
}

/** The archive of the pinned release for a platform in Node's terms, or undefined if none is pinned. */
export function pinnedArchive(platform: string, architecture: string): Archive | undefined {
  const target = `${platform}_${architecture === 'x64' ? 'amd64' : architecture}`
  const sha256 = CHECKSUMS[target]
  return sha256 === undefined
    ? undefined
    : {
        url: `https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2F${PINNED}/kustomize_${PINNED}_${target}.tar.gz`,
        sha256,
      }
}
