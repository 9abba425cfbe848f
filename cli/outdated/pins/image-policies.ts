import { valid } from 'semver'
import { textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { isWithin, markerOf } from '../../checks/image-policies.ts'
import type { WrittenValue } from '../tree/written-value.ts'

const GROUP = 'image.toolkit.fluxcd.io'

/** The image policy that a marker behind a scalar names, as `namespace:name`. */
export const policyBehind = ({ comment }: WrittenValue): string | undefined => markerOf(comment ?? '')?.policy

/** How a policy chooses among the tags of an image. Source: https://fluxcd.io/flux/components/image/imagepolicies/ */
interface Rule {
  /** What its ImageRepository watches. */
  image: string | undefined
  /** The part of a tag that counts; undefined for a tag that it leaves out. */
  keyOf(tag: string): string | undefined
  /** Is only a part of each tag compared, or are some left out? */
  isFiltered: boolean
  isAllowed(key: string): boolean
  /** Negative if the first is older; undefined where versions decide. */
  compare: ((a: string, b: string) => number) | undefined
}

/** The policies of a tree, by name: only Kustomize sets many namespaces. */
export class ImageRules {
  readonly #rules: ReadonlyMap<string, Rule>

  constructor(objects: readonly KubernetesObject[]) {
    const repositories = objects.filter((object) => isKind(object, GROUP, 'ImageRepository'))
    this.#rules = new Map(
      objects
        .filter((object) => isKind(object, GROUP, 'ImagePolicy'))
        .map((object) => [object.metadata.name, ruleOf(object, repositories)]),
    )
  }

  imageOf(policy: string): string | undefined {
    return this.#find(policy)?.image
  }

  /** Does a policy say of this tag how new it is, although it may be no version? */
  orders(policy: string | undefined, tag: string): boolean {
    const rule = this.#find(policy)
    const key = rule?.keyOf(tag)
    return key !== undefined && (rule?.compare !== undefined || valid(key) !== null)
  }

  /** Would Flux choose this tag at all? */
  isAllowed(policy: string | undefined, tag: string): boolean {
    const rule = this.#find(policy)
    const key = rule?.keyOf(tag)
    return rule === undefined || (key !== undefined && rule.isAllowed(key))
  }

  /** What counts of a tag as its version; the tag itself where no policy takes a part. */
  versionIn(policy: string | undefined, tag: string): string {
    const rule = this.#find(policy)
    return rule?.isFiltered ? (rule.keyOf(tag) ?? tag) : tag
  }

  /** The newest tag by a policy that orders them itself: undefined for one that asks for versions. */
  newest(
    policy: string | undefined,
    current: string,
    tags: readonly string[],
  ): { tag: string | undefined } | undefined {
    const rule = this.#find(policy)
    const compare = rule?.compare
    const key = rule?.keyOf(current)
    if (!compare || key === undefined) return undefined
    const newer = tags.flatMap((tag) => {
      const own = rule.keyOf(tag)
      return own !== undefined && compare(own, key) > 0 ? [{ tag, own }] : []
    })
    return { tag: newer.sort((a, b) => compare(b.own, a.own))[0]?.tag }
  }

  #find(policy: string | undefined): Rule | undefined {
    return policy === undefined ? undefined : this.#rules.get(policy.split(':').at(-1) ?? '')
  }
}

function ruleOf(policy: KubernetesObject, repositories: readonly KubernetesObject[]): Rule {
  const at = (...path: string[]): string | undefined => textAt(policy, 'spec', ...path)
  const repository = repositories.find(({ metadata }) => metadata.name === at('imageRepositoryRef', 'name'))
  const range = at('policy', 'semver', 'range')
  const pattern = expressionOf(at('filterTags', 'pattern'))
  const extract = at('filterTags', 'extract')
  const order = (['numerical', 'alphabetical'] as const).find((name) => policyHas(policy, name))
  const direction = order && at('policy', order, 'order') === 'desc' ? -1 : 1
  return {
    image: textAt(repository, 'spec', 'image'),
    keyOf: (tag) => {
      const match = pattern?.exec(tag)
      if (pattern && !match) return undefined
      return match && extract !== undefined ? extracted(extract, match) : tag
    },
    isFiltered: pattern !== undefined,
    isAllowed: (key) => range === undefined || isWithin(key, range),
    compare:
      order && ((a, b) => direction * (order === 'numerical' ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0)),
  }
}

const policyHas = (object: KubernetesObject, name: string): boolean =>
  Object.hasOwn(((object.spec as { policy?: object } | undefined)?.policy ?? {}) as object, name)

/** Go names groups `(?P<name>…)`. Undefined for what only Go can read: then every tag counts as a whole. */
function expressionOf(pattern: string | undefined): RegExp | undefined {
  if (pattern === undefined) return undefined
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? []
  try {
    return new RegExp(rest.replaceAll('(?P<', '(?<'), flags)
  } catch {
    // Such as a class of Unicode, which is written in another way.
    return undefined
  }
}

/** `$name`, `${name}` and `$1` stand for groups. */
const extracted = (template: string, match: RegExpExecArray): string =>
  template.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    return match.groups?.[name] ?? match[Number(name)] ?? ''
  })
