import { relative } from 'node:path'

/** A folder or file as the user would type it here. */
export const display = (path: string): string => relative(process.cwd(), path) || '.'
