import { stringify } from 'yaml'

/** What stands on an object for as long as its image is not pinned. */
export const NOT_PINNED = 'not pinned yet'

const HEAD = `# Every image that the manifests name without a digest. Each may run by its tag until \`krm-hardening lock\` and this file
# write its digest here; then its exception goes.
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
  return `${HEAD}    allowTag:\n${images.map((image) => `      ${key(image)}: {reason: ${NOT_PINNED}}\n`).join('')}`
}

const key = (image: string): string => stringify(image, { lineWidth: 0, version: '1.1' }).trim()
