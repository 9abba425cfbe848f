import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../../../support/stacks.ts'

/** A copy of what Kustomize reads of this repository, as Argo CD unpacks it: no file may be executed. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'argocd-'))

  constructor() {
    for (const name of ['base', 'components', 'functions', 'overlays'])
      cpSync(join(root, name), join(this.folder, name), { recursive: true })
    chmodSync(this.folder, 0o755)
    for (const path of readdirSync(this.folder, { recursive: true, encoding: 'utf8' })) {
      const file = join(this.folder, path)
      chmodSync(file, lstatSync(file).isDirectory() ? 0o755 : 0o644)
    }
  }

  /** Replaces text in a file. Throws if the file does not have it. */
  edit(path: string, found: string, replacement: string): this {
    const file = join(this.folder, path)
    const text = readFileSync(file, 'utf8')
    if (!text.includes(found)) throw new Error(`${file}: expected ${JSON.stringify(found)}`)
    writeFileSync(file, text.replace(found, replacement))
    return this
  }

  /** Adds a file. */
  write(path: string, text: string): void {
    mkdirSync(join(this.folder, dirname(path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
