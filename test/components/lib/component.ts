import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe as nameOf } from '../../../functions/lib/kubernetes/objects.ts'
import { golden } from '../../support/golden.ts'
import { kustomize } from '../../support/programs.ts'
import { schemaError, unknownFields } from '../../support/schemas.ts'
import { objectsOf, render, root } from '../../support/stacks.ts'
import { overlayWith } from './overlay.ts'

export const MIMIR = 'dev/mimir'
const SINGLE_FUNCTIONS = 'components/single-functions'

/** The documents of a stream by the names of their objects, in its order. */
function documentsOf(rendered: string): Map<string, string> {
  const documents = rendered.split(/^---\n/m)
  return new Map(documents.map((document) => [objectsOf(document).map(nameOf).join(), document]))
}

/** What of one rendering another has not, or has otherwise, under the names of what is there no more. */
export function changes(before: string, after: string): string {
  const [old, now] = [documentsOf(before), documentsOf(after)]
  const gone = [...old.keys()].filter((name) => !now.has(name)).map((name) => `# gone: ${name}\n`)
  return gone.join('') + [...now].flatMap(([name, text]) => (old.get(name) === text ? [] : [text])).join('---\n')
}

/** Namespaces are selected by the organisation's label, which holds their name as their own does. */
export const byOwnLabel = (text: string): string =>
  text.replaceAll(/(namespaceSelector:\n\s+matchLabels:\n\s+)name:/g, '$1kubernetes.io/metadata.name:')

/** Runs `krm-hardening verify` over an overlay; fails as it fails. */
const verify = (folder: string): string =>
  execFileSync('node', [join(root, 'dist/cli.cjs'), 'verify', folder], {
    env: { ...process.env, KUSTOMIZE: kustomize() },
    encoding: 'utf8',
    stdio: 'pipe',
  })

/** What every component must do, tried on mimir. */
export function testComponent(name: string, rendered: () => string, plain: () => string): void {
  const component = `components/${name}`

  test('changes of the overlay what its golden shows', () => {
    const changed = changes(plain(), rendered())
    expect(changed).not.toBe('')
    expect(changed).toBe(golden(join(root, 'test/golden/components', `${name}.yaml`), changed))
  })

  test('is proven hardened by verify, which finds nothing to change in its own rendering', () => {
    expect(verify(overlayWith(MIMIR, { hardening: [component] }))).toMatch(/: hardened \(\d+ objects looked at\)/)
  })

  test('fits the schemas of its kinds, and holds no field that the API does not know', () => {
    const objects = objectsOf(rendered())
    expect(objects.flatMap((object) => schemaError(object) ?? [])).toEqual([])
    expect(unknownFields(objects)).toEqual([])
  })

  test('in the policy of the environment it renders the same', () => {
    expect(render(overlayWith(MIMIR, { environment: [component] }))).toBe(rendered())
  })

  test('before single-functions it renders the same', () => {
    expect(render(overlayWith(MIMIR, { hardening: [component, SINGLE_FUNCTIONS] }))).toBe(rendered())
  })

  test('after single-functions the build stops, because there is no Hardening left to patch', () => {
    const folder = overlayWith(MIMIR, { hardening: [SINGLE_FUNCTIONS, component] })
    expect(() => render(folder)).toThrow(/no resource matches strategic merge patch \W*Hardening/)
  })
}
