import { hasPlaceholder } from '../../../functions/lib/kubernetes/image-reference.ts'
import { NOT_PINNED } from '../../lock/not-pinned.ts'
import { scalar } from './scalar.ts'

const head = (
  name: string,
): string => `# Every image that the manifests name without a digest. Each may run by its tag until \`krm-hardening lock\` writes its
# digest here and removes the exception.
apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: ${scalar(name)}
spec:
  images:
`

/** images.yaml: a patch of the policy called `name`, in which no digest is made up. */
export const writeImages = (images: readonly string[], name = 'hardening'): string =>
  head(name) +
  (images.length === 0
    ? '    digests: {}\n'
    : `    allowTag:\n${images.map((image) => `      ${scalar(image)}: {reason: ${reasonFor(image)}}\n`).join('')}`)

/** `lock` has no digest to ask for while a placeholder is not filled in, so the exception stays. */
const reasonFor = (image: string): string => (hasPlaceholder(image) ? 'filled in by what deploys it' : NOT_PINNED)
