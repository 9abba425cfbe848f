/** A text in which a place cannot be set: it is not there, or not alone there. The message names the place. */
export class TextError extends Error {
  override readonly name = 'TextError'
}
