import { readPeopleItem, writePeopleItem } from '../../../functions/lib/yaml/round-trip.ts'

/** The functions read and write the items of a list; a file holds one item, without its dash. */
const asItem = (file: string): string => `- ${file.replace(/\n(?=[^\n])/g, '\n  ')}`
const asFile = (item: string): string => item.replace(/^(?:- | {2})/gm, '')

/** The one object of a file. Throws YAMLParseError where it holds several. */
export const readObject = (file: string): unknown => readPeopleItem(asItem(file)).object

/** A file with another object in it: comments and order stay, and every byte where nothing differs. */
export const withObject = (file: string, object: unknown): string => asFile(readPeopleItem(asItem(file)).encode(object))

/** The text of a new file. */
export const writeObject = (object: unknown): string => asFile(writePeopleItem(object))

/** The documents of what Kustomize builds. */
export const documents = (stream: string): string[] => stream.split(/^---\n/m)
