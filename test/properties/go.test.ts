import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { plan } from '../../functions/hardening/plan.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { readPeopleItem } from '../../functions/lib/yaml/round-trip.ts'
import fc from '../support/fast-check.ts'
import { anyHardening, bystander, concerned, named } from '../support/kubernetes-objects.ts'
import { kustomize } from '../support/programs.ts'
import { itemsOf, listOfItems } from '../support/resource-lists.ts'
import { inStyle, STYLES } from '../support/yaml-styles.ts'

// The YAML reader of Go, which Kustomize and the API server use, must read what is written here as it is meant.

/** What Kustomize reads of items, by `Kind/name`. */
function readByGo(items: string): Map<string, KubernetesObject> {
  const folder = mkdtempSync(join(tmpdir(), 'krm-hardening-properties-'))
  try {
    writeFileSync(join(folder, 'items.yaml'), `apiVersion: v1\nkind: List\nitems:\n${items}`)
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [items.yaml]\n')
    const printed = execFileSync(kustomize(), ['build', folder], { encoding: 'utf8' })
    return byId(printed.split(/^---\n/m).map(readCanonicalYaml))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the functions read of the same items. */
const readHere = (items: string): Map<string, KubernetesObject> =>
  byId(
    items
      .split(/^(?=-\s)/m)
      .filter((item) => /^-\s/.test(item))
      .map((item) => readPeopleItem(item).object),
  )

const byId = (objects: readonly unknown[]): Map<string, KubernetesObject> =>
  new Map((objects as KubernetesObject[]).map((object) => [`${object.kind}/${object.metadata.name}`, object]))

/** Without the classes of exact integers and the prototypes of other readers. */
const plain = (object: KubernetesObject | undefined): unknown => object && JSON.parse(JSON.stringify(object))

const isRead = ({ kind }: KubernetesObject): boolean =>
  !['Widget', 'ConfigMap', 'ClusterRole', 'StorageClass'].includes(kind)

const styles = Object.keys(STYLES)
const anyObjects = fc
  .tuple(
    fc.array(bystander, { minLength: styles.length * 3, maxLength: styles.length * 3 }),
    fc.array(concerned, { minLength: 2, maxLength: 4 }),
  )
  .map(([bystanders, others]) => named([...others, ...bystanders], true))

/** One build that the policy accepts: Kustomize runs twice for its many objects. */
test('hardened manifests mean the same to Go as here, and what no function touches stays', async () => {
  await fc.assert(
    fc.asyncProperty(anyObjects, anyHardening, async (objects, policy) => {
      const items = objects.map((object, index) => inStyle(styles[index % styles.length] ?? '', object))
      const { stdout, exitCode } = await run(listOfItems(items, 'Hardening', policy), plan)
      fc.pre(exitCode === 0)
      const written = itemsOf(stdout)
      const [before, after] = [readByGo(items.join('')), readByGo(written)]
      const [hereBefore, hereAfter] = [byId(objects), readHere(written)]
      expect([...after.keys()].sort()).toEqual([...hereAfter.keys()].sort())
      for (const [id, object] of after) {
        const input = before.get(id)
        if (input && !isRead(input)) expect(object).toEqual(input)
        // A plain 0o17, for example, is a number only to Go.
        if (isDeepStrictEqual(plain(input), plain(hereBefore.get(id)))) expect(object).toEqual(hereAfter.get(id))
      }
    }),
    { numRuns: 1, endOnFailure: true },
  )
})
