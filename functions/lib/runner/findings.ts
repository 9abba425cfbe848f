import { defineFindings } from '../framework/finding.ts'

export const runner = defineFindings('runner', {
  bug: {
    severity: 'error',
    message: (trace: string) => `a bug in krm-hardening, please report it: ${trace}`,
    means: 'The program met something that it does not foresee. Exit code 3.',
    why: 'Nothing was printed, so the build fails and nothing is applied.',
    fix: 'Please report it, with the line itself; leave out what is secret.',
  },
})
