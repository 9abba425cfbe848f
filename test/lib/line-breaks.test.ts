import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readObjects } from '../../cli/read-objects.ts'
import { plan } from '../../functions/hardening/plan.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { parseYaml } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { asLinesOfGo, requireOneReading } from '../../functions/lib/yaml/line-breaks.ts'
import { readPeopleItem, writePeopleItem } from '../../functions/lib/yaml/round-trip.ts'
import { kustomize } from '../support/programs.ts'

const BREAKS = { 'a carriage return': '\r', 'U+0085': '\u0085', 'U+2028': '\u2028', 'U+2029': '\u2029' }
const POLICY =
  'functionConfig:\n  apiVersion: krm-hardening.dev/v1alpha1\n  kind: SecurityContextEnforcer\n  metadata: {name: policy}\n'
const harden = (items: string) =>
  run(`apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}${POLICY}`, plan)

const pod = (spec: string): string => `- apiVersion: v1\n  kind: Pod\n  metadata: {name: cart}\n  spec:\n${spec}`
const CONTAINERS = '    containers: [{name: app, image: cart}]\n'

/** Texts that hide a field or a kind after a line break that the parsers here do not see. */
const HIDING: Readonly<Record<string, (end: string) => string>> = {
  'a field behind a comment': (end) => pod(`    # why${end}    hostNetwork: true\n${CONTAINERS}`),
  'a field behind a plain value': (end) => pod(`    nodeName: a${end}    hostNetwork: true\n${CONTAINERS}`),
  'a field behind a block': (end) => pod(`    nodeName: |\n      a${end}    hostNetwork: true\n${CONTAINERS}`),
  'a kind behind a comment': (end) =>
    `- apiVersion: v1 # why${end}  kind: Pod\n  metadata: {name: cart}\n  spec: {hostNetwork: true, containers: [{name: app, image: cart}]}\n`,
  'an object behind a comment': (end) =>
    `- {apiVersion: v1, kind: Secret, metadata: {name: cart}}\n# why${end}- {apiVersion: v1, kind: Pod, metadata: {name: cart}, spec: {hostNetwork: true, containers: [{name: app, image: cart}]}}\n`,
}

describe.each(Object.entries(HIDING))('%s is refused', (_, hiding) => {
  test.each(Object.entries(BREAKS))('after %s', async (_name, end) => {
    const { stdout, stderr, exitCode } = await harden(hiding(end))
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toMatch(/^error: input\/not-yaml: stdin cannot be read as YAML: /)
  })
})

test('Kustomize, which reads with Go, does see the field', () => {
  const folder = mkdtempSync(join(tmpdir(), 'krm-hardening-line-breaks-'))
  try {
    const [item = ''] = Object.values(HIDING).map((hiding) => hiding('\u2028'))
    writeFileSync(join(folder, 'pod.yaml'), item.replaceAll(/^(?:- | {2})/gm, ''))
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [pod.yaml]\n')
    expect(execFileSync(kustomize(), ['build', folder], { encoding: 'utf8' })).toContain('hostNetwork: true')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each(Object.values(BREAKS))('quotes hold %j, and so do blocks that go on as deep', (end) => {
  for (const text of [`a: "x${end}y"\n`, `a: 'x${end}  y'\n`, `a: |\n  x${end}  y\n`, `- a: >-\n    x${end}    y\n`])
    expect(() => requireOneReading(parseYaml(text), parseYaml(asLinesOfGo(text)))).not.toThrow()
})

test('verify refuses the same text', () => {
  const [field = ''] = Object.values(HIDING).map((hiding) => hiding('\u2028').replaceAll(/^(?:- | {2})/gm, ''))
  expect(() => readObjects(field, 'a.yaml')).toThrow('a.yaml cannot be read as YAML: a carriage return, U+0085')
  expect(readObjects(field.replace('\u2028', ' '), 'a.yaml')).toHaveLength(1)
})

describe('a text of several lines that ends with such a break takes in the next field, and is refused by object and field', () => {
  const annotated =
    "    annotations:\n      config.k8s.io/id: '1'\n      internal.config.kubernetes.io/id: '1'\n      kustomize.config.k8s.io/id: |\n        a\n    name: cart\n"
  test.each([
    [
      'of a map',
      `- apiVersion: v1\n  data:\n    text: |+\n      a\n\u2028    other: x\n  kind: ConfigMap\n  metadata:\n${annotated}`,
      'ConfigMap cart, field text: ',
    ],
    [
      'of a section',
      `- apiVersion: v1\n  data:\n    text: |+\n      a\n\u2029  kind: ConfigMap\n  metadata:\n${annotated}`,
      'ConfigMap cart, field text: ',
    ],
    [
      'of a list',
      `- apiVersion: v1\n  kind: Pod\n  metadata:\n${annotated}  spec:\n    containers:\n    - args:\n      - |+\n        a\n\u2028      image: cart\n      name: app\n`,
      'Pod cart, field args: ',
    ],
  ])('%s', async (_, item, place) => {
    const { stdout, stderr, exitCode } = await harden(item)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(`error: input/not-yaml: stdin cannot be read as YAML: ${place}a carriage return, U+0085`)
  })

  test('while another fault of the text is named as what it is', async () => {
    const { stderr } = await harden(pod(`    nodeName: "a\u2028b"\n    hostname: [\n`))
    expect(stderr).toMatch(/cannot be read as YAML: (?!.*carriage return)/)
  })

  test('and a line that only begins with one comes through', async () => {
    const item = `- apiVersion: v1\n  data:\n    text: |-\n      a\n\u2028      b\n  kind: ConfigMap\n  metadata:\n${annotated}`
    const { stdout, exitCode } = await harden(item)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('\n    text: |-\n      a\n\u2028      b\n')
  })
})

test('a merge key in what claims to be from Kustomize is refused', async () => {
  const item = `- apiVersion: v1\n  kind: Pod\n  metadata:\n    annotations:\n      config.k8s.io/id: '1'\n      internal.config.kubernetes.io/id: '1'\n      kustomize.config.k8s.io/id: |\n        a\n    name: cart\n  spec:\n    <<: {hostNetwork: true}\n${CONTAINERS}`
  expect(await harden(item)).toMatchObject({ stdout: '', stderr: expect.stringContaining('merge key'), exitCode: 2 })
})

describe('strings with characters that Go takes for line breaks come out as escapes', () => {
  const TEXT = 'a\u0085b \u2028 c\u2029\uFEFFd'
  const ESCAPED = '"a\\u0085b \\u2028 c\\u2029\\ufeffd"'

  test('in new values', () => {
    const { encode } = readPeopleItem('- {a: 1}\n')
    expect(encode({ a: 1, b: [TEXT, { [TEXT]: 'x' }] })).toBe(`- {a: 1, b: [${ESCAPED}, {${ESCAPED}: x}]}\n`)
  })

  test('in values that were written as escapes', () => {
    const { object, encode } = readPeopleItem('- a: "x\\Ny\\Lz"\n  b: 1\n')
    expect(object).toEqual({ a: 'x\u0085y\u2028z', b: 1 })
    expect(encode({ a: 'x\u0085y\u2028z', b: 2 })).toBe('- a: "x\\u0085y\\u2028z"\n  b: 2\n')
  })

  test('while raw ones within quotes stay byte for byte', () => {
    const { object, encode } = readPeopleItem("- a: 'x\u2028      y'\n  b: 1\n")
    expect(encode({ ...(object as object), b: 2 })).toBe("- a: 'x\u2028      y'\n  b: 2\n")
  })

  test('in a list that is not written at column 0', async () => {
    const { stdout } = await run(
      `{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"x\\u0085y"}}],${'"functionConfig":{"apiVersion":"krm-hardening.dev/v1alpha1","kind":"SecurityContextEnforcer","metadata":{"name":"policy"}}'}}`,
      plan,
    )
    expect(stdout).toContain('"x\\u0085y"')
  })

  // Kustomize itself turns U+0085 into a space, however it is written.
  test('which Kustomize reads as intended', () => {
    const folder = mkdtempSync(join(tmpdir(), 'krm-hardening-line-breaks-'))
    try {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'x\u2028  \u2029 y' } }
      writeFileSync(join(folder, 'a.yaml'), writePeopleItem(object).replaceAll(/^(?:- | {2})/gm, ''))
      writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [a.yaml]\n')
      const built = readCanonicalYaml(execFileSync(kustomize(), ['build', folder], { encoding: 'utf8' }))
      expect(built).toEqual(object)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
