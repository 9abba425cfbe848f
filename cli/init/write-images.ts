import { stringify } from 'yaml'

/** What stands on an object for as long as its image is not pinned. */
export const NOT_PINNED = 'not pinned yet'

const HEAD = `# The lock: every image that the manifests name without a digest. Each may run by its tag until its digest stands
# under digests; then its exception goes. \`crane digest IMAGE\`, or \`docker buildx imagetools inspect IMAGE\`, tells the digest.
apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
spec:
  images:
`

/** images.yaml: a patch of the policy, in which no digest is made up. */
export function writeImages(images: readonly string[]): string {
  if (images.length === 0) return `${HEAD}    digests: {}\n`
  const lock = images.map((image) => `    #   ${key(image)}: sha256:...\n`).join('')
  const exceptions = images.map((image) => `      ${key(image)}: {reason: ${NOT_PINNED}}\n`).join('')
  return `${HEAD}    # digests:\n${lock}    allowTag:\n${exceptions}`
}

const key = (image: string): string => stringify(image, { lineWidth: 0, version: '1.1' }).trim()
