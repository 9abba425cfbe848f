import { sourceTree } from '../findings.ts'
import type { Check } from './source-tree.ts'

const ZEROS = /([\w.:/-]+)@sha256:0{64}/g

/** A digest of zeros is a placeholder until the registry is asked. It may be in a patch of a HelmRelease. */
export const checkPlaceholderDigests: Check = ({ objects }) =>
  objects.flatMap((object) => {
    const images = new Set([...JSON.stringify(object).matchAll(ZEROS)].map(([, image = '']) => image))
    return images.size === 0 ? [] : [sourceTree['placeholder-digest']({ object }, [...images].sort().join(', '))]
  })
