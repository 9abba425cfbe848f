import { createHash } from 'node:crypto'

/** What names a mutant, from one run to the next: `part` of it, such as its file's content, may be added. */
export const nameOfMutant = ({ fileName, replacement, location: { start, end } }) =>
  [
    fileName.slice(fileName.lastIndexOf('functions/')),
    replacement,
    start.line,
    start.column,
    end.line,
    end.column,
  ].join('\0')

/** Whether a mutant is in the sample of `share` (0 to 1) of all, which `seed` draws. */
export function isDrawn(mutant, seed, share) {
  const hash = createHash('sha256')
    .update(`${seed}\0${nameOfMutant(mutant)}`)
    .digest()
  return hash.readUInt32BE(0) / 2 ** 32 < share
}
