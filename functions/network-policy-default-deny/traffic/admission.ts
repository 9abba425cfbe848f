import type { Admission } from '../policy.ts'
import type { Subject } from '../subjects/subject.ts'

/** What one subject's policy admits, with the reason where it is an exception. */
export interface SubjectAdmission extends Admission {
  subject: Subject
  reason?: string
}
