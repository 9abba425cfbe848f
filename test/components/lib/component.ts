import { join } from 'node:path'
import { verifyRendering } from '../../../cli/policy/verify.ts'
import { harden } from '../../../cli/runtime/functions.ts'
import { describe as nameOf } from '../../../functions/lib/kubernetes/objects.ts'
import { builderWith } from '../../support/builder.ts'
import { golden } from '../../support/golden.ts'
import { schemaError } from '../../support/schemas.ts'
import { objectsOf, rendered as renderedStack, root } from '../../support/stacks.ts'
import { overlayWith } from './overlay.ts'

export const MIMIR = 'dev/mimir'
export const SINGLE_FUNCTIONS = 'components/single-functions'

/** The documents of a stream by the names of their objects, in its order. */
function documentsOf(rendered: string): Map<string, string> {
  const documents = rendered.split(/^---\n/m)
  return new Map(documents.map((document) => [objectsOf(document).map(nameOf).join(), document]))
}

/** The objects of a rendering that are new or changed, after the names of those that are gone. */
export function changes(before: string, after: string): string {
  const [old, now] = [documentsOf(before), documentsOf(after)]
  const gone = [...old.keys()].filter((name) => !now.has(name)).map((name) => `# gone: ${name}\n`)
  return gone.join('') + [...now].flatMap(([name, text]) => (old.get(name) === text ? [] : [text])).join('---\n')
}

/** The organisation's label of a Namespace holds its name, as the label of Kubernetes does. */
export const byOwnLabel = (text: string): string =>
  text.replaceAll(/(namespaceSelector:\n\s+matchLabels:\n\s+)name:/g, '$1kubernetes.io/metadata.name:')

const builder = builderWith(harden)

/** What a folder renders. Each is built once. Throws BuildFailure. */
export const render = (folder: string): Promise<string> => builder.build(folder)

/** What every component must do, tried on mimir. `overlay` is the folder of a mimir that has it. */
export function testComponent(name: string, overlay: () => string): void {
  const component = `components/${name}`
  let rendered = ''
  beforeAll(async () => {
    rendered = await render(overlay())
  })

  test('changes of the overlay what its golden shows', () => {
    const changed = changes(renderedStack(MIMIR), rendered)
    expect(changed).not.toBe('')
    expect(changed).toBe(golden(join(root, 'test/golden/components', `${name}.yaml`), changed))
  })

  test('is proven hardened by verify, which finds nothing to change in its own rendering', async () => {
    const verified = await verifyRendering(objectsOf(rendered), overlay(), builder)
    expect(verified).toMatchObject([{ objects: objectsOf(rendered).length }])
    expect(verified.flatMap(({ findings }) => findings).filter(({ finding }) => finding.severity === 'error')).toEqual(
      [],
    )
  })

  test('fits the schemas of its kinds', () => {
    expect(objectsOf(rendered).flatMap((object) => schemaError(object) ?? [])).toEqual([])
  })

  test('after single-functions the build stops, because there is no Hardening left to patch', async () => {
    const folder = overlayWith(MIMIR, { hardening: [SINGLE_FUNCTIONS, component] })
    await expect(render(folder)).rejects.toThrow(/no resource matches strategic merge patch \W*Hardening/)
  })
}
