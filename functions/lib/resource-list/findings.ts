import { defineFindings } from '../framework/finding.ts'

/** What is said about the ResourceList itself: nothing is printed on stdout, exit code 2. */
export const input = defineFindings('input', {
  unreadable: {
    severity: 'error',
    message: (reason: string) => `stdin cannot be read: ${reason}; expected a ResourceList`,
    means: 'The program could not read its standard input.',
    why: 'Without input there is nothing to harden.',
    fix: 'Pipe a ResourceList into the program; Kustomize and kpt do so themselves.',
  },
  empty: {
    severity: 'error',
    message: () => 'stdin is empty; expected a ResourceList with items and a functionConfig',
    means: 'The standard input has no text.',
    why: 'An empty answer would erase the build.',
    fix: 'Check the program before the pipe: it printed nothing, probably because it failed.',
  },
  'not-utf-8': {
    severity: 'error',
    message: () => 'stdin is not UTF-8; save the manifests as UTF-8, or encode binary data as base64',
    means: 'The input has bytes that are not UTF-8.',
    why: 'Reading them leniently would change them.',
    fix: 'Save the manifests as UTF-8. Put binary data into binaryData, in base64.',
  },
  'not-yaml': {
    severity: 'error',
    message: (what: string, reason: string) => `${what} cannot be read as YAML: ${reason}`,
    means: 'The text of an item, or the whole input, is not YAML.',
    why: 'An item that cannot be read cannot be hardened.',
    fix: 'Correct the YAML at the line and column that the message names.',
  },
  'not-a-resource-list': {
    severity: 'error',
    message: () =>
      'stdin is no ResourceList; expected the keys apiVersion (config.kubernetes.io/v1), kind (ResourceList), items and functionConfig',
    means: 'The input is YAML, but not a ResourceList.',
    why: 'Functions take a ResourceList; plain manifests have no policy with them.',
    fix: 'Run the function through Kustomize or kpt, or wrap manifests and policy into a ResourceList.',
  },
  'items-not-a-list': {
    severity: 'error',
    message: () => 'items must be a list of objects',
    means: 'The key items holds something other than a list.',
    why: 'The objects cannot be told apart.',
    fix: 'Write items as a YAML list.',
  },
  'no-items': {
    severity: 'error',
    message: () => 'the ResourceList has no items; an empty answer would erase the build, so none is given',
    means: 'The ResourceList has no objects.',
    why: 'Kustomize would take an empty answer for an empty build.',
    fix: 'Check the resources of the kustomization: none of them reached the function.',
  },
})
