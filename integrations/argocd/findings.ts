import { defineFindings } from '../../functions/lib/framework/finding.ts'

export const argocd = defineFindings('argocd', {
  'parameter-twice': {
    severity: 'error',
    message: (name: string) => `spec.source.plugin.parameters: ${name} is given twice; expected once`,
    means: 'An Application sets one parameter of the plugin twice.',
    why: 'One of the two values would be ignored.',
    fix: 'Remove one of them from the Application.',
  },
  'wrong-parameters': {
    severity: 'error',
    message: (expected: string, found: string) => `ARGOCD_APP_PARAMETERS: expected ${expected}, found ${found}`,
    means: 'The parameters that Argo CD passes to the plugin do not have the form that it documents.',
    why: 'No parameter can be read from them.',
    fix: 'Correct spec.source.plugin.parameters of the Application: a list of objects with a name and a value.',
  },
})
