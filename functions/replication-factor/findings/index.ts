import { defineFindings } from '../../lib/framework/finding.ts'
import { NAME } from '../name.ts'
import { checkFindings } from './checks.ts'
import { deriveFindings } from './derive.ts'
import { budgetFindings } from './disruption-budgets.ts'
import { replicasFindings } from './replicas.ts'
import { spreadFindings } from './spread.ts'

/** Every finding that this function makes; one file a shelf. */
export const findings = defineFindings(NAME, {
  ...replicasFindings,
  ...deriveFindings,
  ...spreadFindings,
  ...budgetFindings,
  ...checkFindings,
})
