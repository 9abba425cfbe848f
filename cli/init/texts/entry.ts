/** One value of a text: its key if it has one, and the values next to it by key. */
export interface Entry {
  name: string | undefined
  text: string
  siblings: ReadonlyMap<string, string>
  /** The host and port of what calls instead of the program that reads the file. */
  via?: string
}
