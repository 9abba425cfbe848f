import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notMeasured, ratioRow, root, row, runs, work } from '../lib/context.mjs'
import { imageCommand, imageNodeAlone, withoutImage } from '../lib/image.mjs'
import { policy, resourceList } from '../lib/inputs.mjs'
import { measure, median } from '../lib/measure.mjs'

export const title = 'The functions alone'

const PEAK = `-r ${join(root, 'bench/lib/peak.cjs')}`

/** The functions on their stdin: the bundle by itself, and as the image starts it. */
export default function functions() {
  rowsOf('by themselves', `node ${PEAK} ${join(root, 'dist/functions.cjs')}`, 'node -e 0')
  if (withoutImage === undefined) {
    rowsOf('as in the image', imageCommand(PEAK), imageNodeAlone)
    const [image, alone] = [`${imageCommand()} <${input(120)}`, 'node -e 0']
    ratioRow(
      `120 objects, as in the image ÷ node -e 0 of ${process.version}`,
      { command: image },
      { command: alone },
      { goal: 1.8 },
    )
  } else notMeasured('as in the image', withoutImage)
  row('size of the bundle', statSync(join(root, 'dist/functions.cjs')).size / 1024, { unit: 'KB' })
}

function rowsOf(form, command, alone) {
  const of = (count) => `${command} <${input(count)}`
  ratioRow(`120 objects, ${form} ÷ node -e 0`, { command: of(120) }, { command: alone }, { goal: 4 })
  const samples = Array.from({ length: runs }, () => measure(of(10_000)))
  const cpu = median(samples.map((sample) => sample.cpu))
  row(`10,000 objects, ${form}`, cpu, { unit: 's CPU', goal: 1 })
  row(`10,000 objects, ${form}, peak memory`, median(samples.map(({ memory }) => memory)), { unit: 'MB', goal: 250 })
  const cost = measure(of(100_000)).cpu / cpu / 10
  row(`${form}, cost of an object among 100,000 ÷ among 10,000`, cost, { goal: 1.15 })
}

const written = new Map()

function input(count) {
  if (!written.has(count)) {
    written.set(count, join(work, `${count}.yaml`))
    writeFileSync(written.get(count), resourceList(count, policy(count)))
  }
  return written.get(count)
}
