import { join } from 'node:path'
import { testForms } from '../../stacks/lib/forms.ts'
import { build } from '../../support/builder.ts'
import { built, folderOf, isHardened, root } from '../../support/stacks.ts'

testForms(built.filter(isHardened), (stack) => build(join(root, folderOf(stack))))
