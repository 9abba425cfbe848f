import { commandFindings } from './commands.ts'
import { namespaceFindings } from './namespaces.ts'
import { podFindings } from './pods.ts'
import { userFindings } from './users.ts'

/** Every finding of this function, except those of the checks. */
export const findings = { ...podFindings, ...userFindings, ...commandFindings, ...namespaceFindings }

export { checkFinding, show } from './checks.ts'
