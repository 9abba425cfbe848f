import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A repository for Flux with `count` apps: examples/homelab, with more copies of one of its apps. */
export function fluxTree(root, folder, count) {
  cpSync(join(root, 'examples/homelab'), folder, { recursive: true })
  const web = join(folder, 'apps/web')
  const names = Array.from({ length: count - 5 }, (_, index) => `notes-${index}`)
  for (const name of names) {
    cpSync(join(web, 'notes'), join(web, name), { recursive: true })
    for (const file of ['ks.yaml', 'app/release.yaml', 'app/secret.yaml', 'app/ingress.yaml']) {
      const path = join(web, name, file)
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/\bnotes\b/g, name))
    }
  }
  const list = join(web, 'kustomization.yaml')
  writeFileSync(list, readFileSync(list, 'utf8') + names.map((name) => `- ${name}/ks.yaml\n`).join(''))
  mkdirSync(join(folder, 'cache'), { recursive: true })
  return { folder, changed: join(web, names[0], 'app/release.yaml') }
}
