import { defineFindings } from '../../lib/framework/finding.ts'
import { NAME } from '../name.ts'
import { meshFindings } from './mesh.ts'
import { objectFindings } from './objects.ts'
import { podFindings } from './pods.ts'

/** Everything this function can report, by short name: one table for each folder. */
export const findings = defineFindings(NAME, { ...meshFindings, ...podFindings, ...objectFindings })
