import { defineFindings } from '../framework/finding.ts'

export const runner = defineFindings('runner', {
  unwritable: {
    severity: 'error',
    message: (reason: string) => `stdout cannot be written: ${reason}`,
    means: 'The program could not write the answer. Exit code 2.',
    why: 'What was printed may be cut off, so the caller must not apply it; Kustomize and kpt do not.',
    fix: 'Make room on the disk, or check the program behind the pipe.',
  },
  bug: {
    severity: 'error',
    message: (trace: string) => `a bug in krm-hardening, please report it: ${trace}`,
    means: 'The program met something that it does not foresee. Exit code 3.',
    why: 'Nothing was printed, so the build fails and nothing is applied.',
    fix: 'Please report it, with the line itself; leave out what is secret.',
  },
})
