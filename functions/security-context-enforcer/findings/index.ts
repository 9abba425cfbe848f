import { namespaceFindings } from './namespaces.ts'
import { podFindings } from './pods.ts'
import { userFindings } from './users.ts'

/** Every finding of this function, except those of the checks. */
export const findings = { ...podFindings, ...userFindings, ...namespaceFindings }

export { checkFinding, show } from './checks.ts'
