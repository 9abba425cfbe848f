import { findKustomize } from '../../cli/kustomize/find.ts'
import { packagedStacks, writeKptPackage } from './kpt/package.ts'
import { writeGenerated } from './schemas-and-readmes.ts'

/** Writes every generated file, or those whose path contains one of the arguments. */
async function main(parts: readonly string[]): Promise<void> {
  const root = process.cwd()
  writeGenerated(root, (path) => parts.length === 0 || parts.some((part) => path.includes(part)))
  const stacks = packagedStacks(root).filter((stack) => {
    const folder = `packages/${stack}/`
    return parts.length === 0 || parts.some((part) => folder.includes(part) || part.startsWith(folder))
  })
  if (stacks.length === 0) return
  const { build } = await findKustomize(process.env, (line) => process.stderr.write(`${line}\n`))
  for (const stack of stacks) writeKptPackage(root, build, stack)
}

void main(process.argv.slice(2))
