import { notMeasured, ratioRow, ratioToC, row, runs, withoutC } from '../lib/context.mjs'
import { forms } from '../lib/forms.mjs'
import { withoutImage } from '../lib/image.mjs'
import { measure, median } from '../lib/measure.mjs'
import { warm } from '../lib/warm.mjs'

export const title = 'A stack of 125 objects'

const costOf = ({ command, env }) => measure(command, env).cpu

/** A stack of 50 objects, hardened to 125. */
export default async function mimir() {
  const { handedOver, container, image, render, instant, oneCat, fiveCats, none } = forms(
    'mimir',
    'overlays/dev/mimir',
    'hardening',
  )
  ratioToC('mimir, an answer for nothing ÷ one cat: the floor', instant, oneCat)
  ratioToC('mimir, an answer for nothing ÷ no transformer: the floor', instant, none)
  if (withoutImage === undefined) {
    ratioToC('mimir, functions as in the image ÷ one cat', image, oneCat, { goal: 1.45 })
    ratioRow('mimir, functions as in the image ÷ no transformer', image, none, { goal: 2.05 })
  } else notMeasured('mimir, functions as in the image', withoutImage)
  ratioToC('mimir, functions in a process of their own ÷ one cat', container, oneCat)
  ratioToC('mimir, functions in a process of their own ÷ five cats', container, fiveCats)
  ratioRow('mimir, functions in a process of their own ÷ no transformer', container, none)
  if (withoutC === undefined) {
    const functions = await warm(handedOver)
    const shares = Array.from({ length: runs }, () => (costOf(instant) + functions) / costOf(oneCat))
    row('mimir, functions in a warm process ÷ one cat', median(shares), { goal: 1.2 })
  } else notMeasured('mimir, functions in a warm process', withoutC)
  ratioToC('mimir, render ÷ one cat', render, oneCat)
  ratioRow('mimir, render ÷ no transformer', render, none)
}
