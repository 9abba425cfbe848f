import { basename, join } from 'node:path'
import { isMap, isPair, isScalar, parse, parseDocument, visit } from 'yaml'
import { catalog } from '../../../functions/catalog.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { packagedStacks } from '../../../tools/generate/kpt/package.ts'
import { imageReference } from '../../support/image.ts'
import { render, root } from '../../support/stacks.ts'
import { BUNDLE, filesOf, objectsByFile, resultsIn, Workspace } from './lib/kpt.ts'
import { comparable, packaged } from './lib/objects.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

describe.each(packagedStacks(root))('kpt pkg get, then kpt fn render: %s', (stack) => {
  const folder = workspace.get(stack)
  const fetched = filesOf(folder)
  const results = join(workspace.folder, `results-${stack}`)
  const ended = workspace.render(folder, 'exec', '--results-dir', results)
  const changes = workspace.changes(folder)
  workspace.commit(folder)
  const rendered = filesOf(folder)
  const { pipeline } = parse(fetched.get('Kptfile') ?? '') as { pipeline: { mutators: unknown[] } }
  const runs = pipeline.mutators.length

  test('succeeds, and says what each function did', () => {
    expect([ended.status, ended.stderr]).toEqual([
      0,
      expect.stringContaining(`Successfully executed ${runs} function(s)`),
    ])
    expect(ended.stderr).toMatch(/^ +\[info\]/m)
  })

  test('saves the results of each function', () => {
    const saved = resultsIn(results)
    expect(saved.map(({ exec, exitCode }) => [exec, exitCode])).toEqual(Array(runs).fill([BUNDLE, 0]))
    const names = catalog.map(({ name }) => name)
    for (const [index, { results: findings = [] }] of saved.entries())
      for (const { tags } of findings) expect(runs === 1 ? names : [names[index]]).toContain(tags.function)
    expect(saved.flatMap(({ results: findings = [] }) => findings).length).toBeGreaterThan(5)
  })

  test('gives the objects that Kustomize gives', () => {
    expect(comparable([...objectsByFile(folder).values()])).toEqual(
      comparable(packaged(render(join('overlays/dev', stack)))),
    )
  })

  test('leaves the policy, the Kptfile and all else that it does not harden as it was', () => {
    const changed = changes.filter((line) => line.startsWith(' M')).map((line) => line.slice(3))
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.filter((path) => path === 'Kptfile' || /^hardening\/|(?:^|\/)\.|^crds\//.test(path))).toEqual([])
    expect(changes.filter((line) => !/^(?: M|\?\?) /.test(line))).toEqual([])
  })

  test('keeps the comments and the order of every file', () => {
    for (const [path, text] of fetched) {
      const after = rendered.get(path) ?? ''
      expect([path, commentsOf(after)]).toEqual([path, commentsOf(text)])
      if (after === text) continue
      const [was, is] = [keysOf(text), keysOf(after)]
      const [present, known] = [new Set(is), new Set(was)]
      expect([path, was.filter((key) => present.has(key))]).toEqual([path, is.filter((key) => known.has(key))])
    }
  })

  test('writes each generated object to a file of its kind and name', () => {
    const added = changes.filter((line) => line.startsWith('??')).map((line) => line.slice(3))
    const objects = objectsByFile(folder)
    const generated = [...objects].filter(
      ([, { metadata }]) => metadata.annotations?.['krm-hardening.dev/generated-by'],
    )
    expect(added.sort()).toEqual(generated.map(([path]) => path).sort())
    expect(added.length).toBeGreaterThan(0)
    for (const path of added) {
      const { kind, metadata } = objects.get(path) as KubernetesObject
      expect(basename(path)).toBe(`${kind.toLowerCase()}-${metadata.name}.yaml`)
    }
  })

  test('changes nothing the second time', () => {
    expect(workspace.render(folder).status).toBe(0)
    expect(workspace.changes(folder)).toEqual([])
  })

  test('gives the same bytes from the image in Podman', () => {
    const inPodman = workspace.get(stack, 'image')
    const { status, stderr } = workspace.render(inPodman, 'image', '--results-dir', join(results, 'image'))
    expect([status, stderr]).toEqual([0, expect.stringContaining(`Successfully executed ${runs} function(s)`)])
    expect(resultsIn(join(results, 'image')).map(({ image }) => image)).toEqual(Array(runs).fill(imageReference()))
    expect(withoutKptfile(filesOf(inPodman))).toEqual(withoutKptfile(rendered))
  })
})

const withoutKptfile = (files: Map<string, string>): Map<string, string> =>
  new Map([...files].filter(([path]) => path !== 'Kptfile'))

const commentsOf = (text: string): string[] => text.match(/(?:^|\s)#.*$/gm)?.map((comment) => comment.trim()) ?? []

/** The paths of all keys, in the order of the file. */
function keysOf(text: string): string[] {
  const keys: string[] = []
  visit(parseDocument(text), {
    Pair: (_, { key }, path) => {
      const above = path.flatMap((node, index) => {
        if (isPair(node) && isScalar(node.key)) return [String(node.key.value)]
        return isMap(node) || !('items' in node) ? [] : [String(node.items.indexOf(path[index + 1] as never))]
      })
      keys.push([...above, isScalar(key) ? String(key.value) : ''].join('.'))
    },
  })
  return keys
}
