import { findKustomize } from '../cli/kustomize/find.ts'
import { writeGenerated } from './generate.ts'
import { writeKptPackages } from './kpt/package.ts'

async function main(): Promise<void> {
  const root = process.cwd()
  writeGenerated(root)
  const { build } = await findKustomize(process.env, (line) => process.stderr.write(`${line}\n`))
  writeKptPackages(root, build)
}

void main()
