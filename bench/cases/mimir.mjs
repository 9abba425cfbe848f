import { notMeasured, ratioRow, ratioToC } from '../lib/context.mjs'
import { forms } from '../lib/forms.mjs'
import { withoutImage } from '../lib/image.mjs'

export const title = 'A stack of 125 objects'

/** A stack of 50 objects, hardened to 125. */
export default function mimir() {
  const { container, image, render, instant, oneCat, fiveCats, none } = forms(
    'mimir',
    'overlays/dev/mimir',
    'hardening',
  )
  ratioToC('mimir, an answer for nothing ÷ one cat: the floor', instant, oneCat)
  if (withoutImage === undefined) {
    ratioToC('mimir, functions as in the image ÷ one cat', image, oneCat, { goal: 1.45 })
    ratioRow('mimir, functions as in the image ÷ no transformer', image, none, { goal: 2.05 })
  } else notMeasured('mimir, functions as in the image', withoutImage)
  ratioToC('mimir, functions in a process of their own ÷ one cat', container, oneCat)
  ratioToC('mimir, functions in a process of their own ÷ five cats', container, fiveCats)
  ratioRow('mimir, functions in a process of their own ÷ no transformer', container, none)
  ratioToC('mimir, render ÷ one cat', render, oneCat)
  ratioRow('mimir, render ÷ no transformer', render, none)
}
