/** `--name=value`, `--name value` and Java's `-Dname=value`; a letter alone is an option that each program reads as it likes. */
const FLAGS = /(?:^|\s)--?([A-Za-z][\w.-]+)(?:=|\s+)(?:"([^"]*)"|'([^']*)'|([^\s"'-][^\s"']*))/g

/** The flags of a command line with their values, of those that have one. */
export const flagsIn = (line: string): [name: string, value: string][] =>
  line.includes('-')
    ? [...line.matchAll(FLAGS)].map(([, name = '', ...values]) => [
        name.replace(/^D(?=[a-z])/, ''),
        values.find((value) => value !== undefined) ?? '',
      ])
    : []
