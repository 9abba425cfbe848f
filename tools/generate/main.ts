import { findKustomize } from '../../cli/kustomize/find.ts'
import { writeKptPackages } from './kpt/package.ts'
import { writeGenerated } from './schemas-and-readmes.ts'

async function main(): Promise<void> {
  const root = process.cwd()
  writeGenerated(root)
  const { build } = await findKustomize(process.env, (line) => process.stderr.write(`${line}\n`))
  writeKptPackages(root, build)
}

void main()
