import { program } from './lib/program.ts'

test('a missing program fails its check, and the message names the package that has it', () => {
  const { PATH } = process.env
  process.env.PATH = ''
  try {
    expect(() => program('promtool')).toThrow(
      'this check did not run: it needs promtool, which PATH does not have; apt-get install prometheus',
    )
  } finally {
    process.env.PATH = PATH
  }
})
