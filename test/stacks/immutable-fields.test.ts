import { join } from 'node:path'
import { golden } from '../support/golden.ts'
import { describeImmutable } from '../support/immutable-fields.ts'
import { environments, objectsOf, rendered, stacks } from '../support/stacks.ts'

// These fields are immutable in a cluster: a change of one here is an upgrade that the API server refuses. Whoever makes it
// says in CHANGELOG.md which objects have to be deleted first. test/e2e/cluster/upgrades.test.ts shows the refusals.
test.each(environments)(
  'an upgrade of %s changes no immutable field, as the record of these fields shows',
  (environment) => {
    const objects = stacks
      .filter((stack) => stack.startsWith(`${environment}/`))
      .flatMap((stack) => objectsOf(rendered(stack)))
    const fields = describeImmutable(objects)
    expect(fields).toContain('StatefulSet ')
    expect(fields).toBe(golden(join(__dirname, 'immutable-fields', `${environment}.txt`), fields))
  },
)
