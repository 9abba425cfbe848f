import { namespaceFindings } from './namespaces.ts'
import { podFindings } from './pods.ts'

/** Every finding that this function makes, besides those of the checks. */
export const findings = { ...podFindings, ...namespaceFindings }

export { checkFinding, show, type Verdict } from './checks.ts'
