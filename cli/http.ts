import { Failure, FINDINGS } from './exit-code.ts'

/** A large public index of charts has 20 MB. */
const TIMEOUT = 60_000

/** Asks an address, with a header for credentials. Throws Failure (1) if nothing answers. */
export async function ask(url: URL, authorization: string | undefined): Promise<Response> {
  const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization }
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT) })
  } catch (cause) {
    throw new Failure(reasonOf(cause as Error), FINDINGS, { cause })
  }
}

/** Node hides why a host was not reached below `fetch failed`. */
const reasonOf = ({ message, cause }: Error): string => {
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException
  return [inner || message, inner?.includes(code ?? '') ? undefined : code].filter((part) => part).join(' ')
}
