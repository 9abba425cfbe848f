import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'

/** A repository for Flux with `count` apps, all hardened: examples/homelab, with more copies of one of its apps. */
export function fluxTree(root, folder, count) {
  cpSync(join(root, 'examples/homelab'), folder, { recursive: true })
  const web = join(folder, 'apps/web')
  const names = Array.from({ length: count - 5 }, (_, index) => `notes-${index}`)
  for (const name of names) {
    cpSync(join(web, 'notes'), join(web, name), { recursive: true })
    const files = ['kustomization', 'release', 'secret', 'ingress', 'notes.lock'].map((file) => `app/${file}.yaml`)
    for (const file of ['ks.yaml', ...files]) {
      const path = join(web, name, file)
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/\bnotes(?!\.lock)\b/g, name))
    }
    renewLock(join(web, name, 'app'))
  }
  const list = join(web, 'kustomization.yaml')
  writeFileSync(list, readFileSync(list, 'utf8') + names.map((name) => `- ${name}/ks.yaml\n`).join(''))
  mkdirSync(join(folder, 'cache'), { recursive: true })
  return { folder, changed: join(web, names[0], 'app/release.yaml') }
}

/** The digests of a lock whose release and objects got another name. */
function renewLock(app) {
  const path = join(app, 'notes.lock.yaml')
  const lock = parse(readFileSync(path, 'utf8'))
  const { values } = parse(readFileSync(join(app, 'release.yaml'), 'utf8')).spec
  lock.spec.values = digestOf(values)
  lock.spec.valuesByKey = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, digestOf(value)]))
  lock.spec.digest = digestOf(lock.spec.objects)
  writeFileSync(path, stringify(lock, { aliasDuplicateObjects: false }))
}

const digestOf = (value) =>
  `sha256:${createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')}`

const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sorted(value[key])]),
        )
      : value
