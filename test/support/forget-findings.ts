import { findingKinds } from '../../functions/lib/framework/finding.ts'

/** For `afterAll`: takes the findings of a test out of the table, which other test files share. */
export const forgetFindings = (scope: string) => (): void => {
  for (const id of findingKinds.keys()) if (id.startsWith(`${scope}/`)) findingKinds.delete(id)
}
