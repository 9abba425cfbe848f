import pc from 'picocolors'

type Colors = ReturnType<typeof pc.createColors>

/** Colours for a stream: on a terminal, unless NO_COLOR is set; FORCE_COLOR puts them anywhere. Source: https://no-color.org */
export function colorsFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Colors {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0'
  const wanted = forced || (stream.isTTY === true && env.TERM !== 'dumb')
  return pc.createColors(wanted && !env.NO_COLOR)
}
