/** Registries that public images come from. */
const KNOWN_HOSTS = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'index.docker.io',
  'mcr.microsoft.com',
  'nvcr.io',
  'public.ecr.aws',
  'quay.io',
  'registry-1.docker.io',
  'registry.k8s.io',
]

const TAG_OR_DIGEST = '(?::\\w(?:[\\w.-]{0,126}\\w)?)?(?:@[a-z0-9]+:[a-f0-9]{32,})?'
const PATH = '(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)'
const END = '(?=$|[\\s"\'`,;)}\\]<|&\\\\]|\\.(?:\\s|$))'
/** Longer than any reference: name, tag and digest, with what ends them. Keeps the search linear in any text. */
const WINDOW = 600

/** Finds image references in texts by the registries and repositories that they begin with. */
export class References {
  /** What a text must hold to be worth reading; cheap, because it meets every byte of the input. */
  readonly #clue: RegExp
  readonly #start: RegExp
  readonly #reference: RegExp

  constructor(hosts: readonly string[], repositories: readonly string[]) {
    const allHosts = [...new Set([...KNOWN_HOSTS, ...hosts])]
    const starts = [...allHosts.map((host) => `${host}/`), ...new Set(repositories)].map(literally).join('|')
    this.#clue = new RegExp(starts)
    this.#start = new RegExp(`(?<![\\w./@:-])(?:${starts})`, 'g')
    const names = [...allHosts.map((host) => `${literally(host)}${PATH}+`), ...repositories.map(literally)].join('|')
    this.#reference = new RegExp(`^(?:${names})${TAG_OR_DIGEST}${END}`)
  }

  mayBeIn(text: string): boolean {
    return this.#clue.test(text)
  }

  /** The references in a text; in a longer one only those with a tag or digest, because prose and paths name repositories too. */
  in(value: string): string[] {
    if (!/[/:]/.test(value) || !this.mayBeIn(value)) return []
    const text = value.includes('\n') ? value.replace(/(^|\s)#.*$/gm, '$1') : value
    return this.#allIn(text)
      .filter(({ found, index }) => /[:@][^/]*$/.test(found) || isAlone(text, found, index))
      .map(({ found }) => found)
  }

  #allIn(text: string): { found: string; index: number }[] {
    let end = 0
    return [...text.matchAll(this.#start)].flatMap(({ index }) => {
      if (index < end) return []
      const found = this.#reference.exec(text.slice(index, index + WINDOW))?.[0]
      if (found === undefined || found.length === WINDOW) return []
      end = index + found.length
      return { found, index }
    })
  }
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Is it the whole value, or all of it after `--flag=` or `KEY=`? */
const isAlone = (text: string, found: string, index: number): boolean =>
  index + found.length === text.length && (index === 0 || /^[\w.-]+=$/.test(text.slice(0, index)))
