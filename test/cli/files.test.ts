import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { writeAllOrNone, writeWhole } from '../../cli/files.ts'
import { scalar } from '../../cli/init/write/scalar.ts'
import { edit, folder, krmHardening, removeFolders, tree } from './lib/command-line.ts'

afterAll(removeFolders)

describe('a file is written whole or not at all', () => {
  test('with the mode that it has, and nothing next to it', () => {
    const root = tree({ file: 'before' })
    chmodSync(join(root, 'file'), 0o640)
    writeWhole(join(root, 'file'), 'after')
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('after')
    expect(statSync(join(root, 'file')).mode & 0o777).toBe(0o640)
    expect(readdirSync(root)).toEqual(['file'])
  })

  test('through a link, which stays one', () => {
    const root = tree({ 'real/file': 'before' })
    symlinkSync('real/file', join(root, 'link'))
    writeWhole(join(root, 'link'), 'after')
    expect(readFileSync(join(root, 'real/file'), 'utf8')).toBe('after')
    expect(
      readdirSync(root, { withFileTypes: true })
        .find(({ name }) => name === 'link')
        ?.isSymbolicLink(),
    ).toBe(true)
  })

  test.each([
    ['a link that leads nowhere', (root: string) => symlinkSync('absent/file', join(root, 'target')), /ENOENT/],
    ['a folder', (root: string) => mkdirSync(join(root, 'target')), /EISDIR/],
  ])('%s is named with the cause', (_what, prepare, cause) => {
    const root = folder()
    prepare(root)
    expect(() => writeWhole(join(root, 'target'), 'text')).toThrow(/target cannot be written: /)
    expect(() => writeWhole(join(root, 'target'), 'text')).toThrow(cause)
    expect(readdirSync(root)).toEqual(['target'])
  })

  test.each(['hardening/policy.yaml', 'hardening/apps/shop/policy.yaml'])(
    'below a link that leads nowhere, %s is refused by the name of the link',
    (file) => {
      const root = folder()
      symlinkSync('absent', join(root, 'hardening'))
      const change = { file: join(root, file), before: undefined, after: 'text' }
      expect(() => writeAllOrNone([change])).toThrow(/cannot be written: .*hardening is a link that leads nowhere/)
      expect(readdirSync(root)).toEqual(['hardening'])
    },
  )

  test('and several files, all or none', () => {
    const root = tree({ 'kustomization.yaml': 'before\n', 'blocked/file': '' })
    const changes = [
      { file: join(root, 'hardening/policy.yaml'), before: undefined, after: 'policy\n' },
      { file: join(root, 'kustomization.yaml'), before: 'before\n', after: 'after\n' },
      { file: join(root, 'blocked'), before: undefined, after: 'text\n' },
    ]
    expect(() => writeAllOrNone(changes)).toThrow(/blocked cannot be written: /)
    expect(readFileSync(join(root, 'kustomization.yaml'), 'utf8')).toBe('before\n')
    expect(readdirSync(root).sort()).toEqual(['blocked', 'kustomization.yaml'])
  })
})

describe('init', () => {
  const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "x/y:1"}]}\n'

  test('leaves no file if it cannot write one of them', async () => {
    const root = tree({ 'kustomization.yaml': 'namespace: shop\nresources: [pod.yaml]\n', 'pod.yaml': POD })
    // The file cannot be larger than the limit.
    edit(join(root, 'kustomization.yaml'), (text) => `${'# a comment\n'.repeat(4000)}${text}`)
    const before = readdirSync(root).sort()
    const limit = tree({ 'limit.cjs': LIMIT })
    const { stderr, exitCode } = await krmHardening(['init', root], {
      env: { NODE_OPTIONS: `--require ${limit}/limit.cjs` },
    })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('kustomization.yaml cannot be written: no space left on the disk (ENOSPC)')
    expect(readdirSync(root).sort()).toEqual(before)
  })

  test('reports each name on one line, so that none can add a line of its own', async () => {
    const name = 'cart\n- Deployment shop/other: all is well\n{{ .Values.x }} # \u2028z'
    const labels = { app: name }
    const containers = [{ name, image: 'x/y:1', command: ['c'], env: [{ name: 'A', value: 'http://cart:80' }] }]
    const template = { metadata: { labels }, spec: { containers } }
    const objects = [
      { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 2, selector: { matchLabels: labels }, template } },
      { apiVersion: 'v1', kind: 'Service', spec: { selector: labels, ports: [{ port: 80 }] } },
    ].map((object, index) => ({ ...object, metadata: { name: index === 0 ? name : 'cart', namespace: 'shop' } }))
    const pod = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
    const root = tree({ 'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': pod })
    const { stdout, exitCode } = await krmHardening(['init', root])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('cart - Deployment shop/other: all is well')
    expect(stdout).not.toMatch(/^- Deployment shop\/other|^\{\{|\u2028/m)
    for (const file of readdirSync(join(root, 'hardening'))) {
      const text = readFileSync(join(root, 'hardening', file), 'utf8')
      expect(() => parse(text, { version: '1.1' })).not.toThrow()
      expect(text).not.toMatch(/^(?:- Deployment shop|\{\{)/m)
    }
  })

  test('with an invalid namespace is refused, and writes nothing', async () => {
    const root = tree({ 'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': POD })
    writeFileSync(
      join(root, 'pod.yaml'),
      POD.replace('{name: p}', '{name: p, namespace: "shop\\n    directions: [Ingress]\\n    #"}'),
    )
    const { stderr, exitCode } = await krmHardening(['init', root])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('found the namespace "shop\\n    directions: [Ingress]\\n    #"')
    expect(existsSync(join(root, 'hardening'))).toBe(false)
  })

  test.each([
    'a\nb',
    `${'long '.repeat(20)}\nname\n  key: value\n`,
    'a: b',
    '# c',
    '- d',
    "'",
    '"\n',
    'a\u0085b\u2028c',
  ])('writes the name %j on one line', (name) => {
    expect(scalar(name)).not.toMatch(/[\n\r\u0085\u2028]/)
    expect(parse(scalar(name), { version: '1.1' })).toBe(name)
    expect(parse(scalar([name]), { version: '1.1' })).toEqual([name])
  })
})

/** A disk that is full after 40,000 bytes of one file. */
const LIMIT = `const fs = require('node:fs')
const write = fs.writeFileSync
fs.writeFileSync = (file, text, ...rest) => {
  if (String(text).length > 40000) throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })
  return write(file, text, ...rest)
}
`
