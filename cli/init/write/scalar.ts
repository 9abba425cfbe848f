import { stringify } from 'yaml'

/** A value on one line of YAML 1.1, quoted if it needs to be: a name from the build can never become a line of policy. */
export const scalar = (value: unknown): string =>
  stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
    version: '1.1',
    blockQuote: false,
  }).trim()

/** Text for a comment, on one line. */
export const oneLine = (text: string): string => text.replaceAll(/[\s\u0085\u2028\u2029]+/g, ' ')
