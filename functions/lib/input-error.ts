/** Input or configuration that cannot be used: exit code 2. One line of the message per thing to mend. */
export class InputError extends Error {
  override readonly name = 'InputError'
}
