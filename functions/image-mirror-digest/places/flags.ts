import { matches, matchesPattern } from '../../lib/framework/match.ts'
import { formatReference } from '../../lib/kubernetes/image-reference.ts'
import { type FieldPath, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { ContainerAt } from '../../lib/kubernetes/pod-template.ts'
import { type ImageAt, setAt } from './image-at.ts'
import type { ArgumentPlace, EnvironmentPlace } from './schema.ts'

/** The images that containers are handed by flag or variable, to run them in pods of their own making. */
export function imagesOfFlags(
  object: KubernetesObject,
  containers: readonly ContainerAt[],
  places: { arguments: readonly ArgumentPlace[]; environment: readonly EnvironmentPlace[] },
): ImageAt[] {
  const applies = ({ match }: ArgumentPlace | EnvironmentPlace): boolean =>
    match === undefined || matches(match, object)
  const flags = places.arguments.filter(applies).flatMap(({ argument }) => spellings(argument))
  const variables = places.environment.filter(applies).map(({ environment }) => environment)
  return containers.flatMap(({ container, path }) => [
    ...imagesOfArguments(object, [...path, 'command'], container.command ?? [], flags),
    ...imagesOfArguments(object, [...path, 'args'], container.args ?? [], flags),
    ...imagesOfVariables(object, [...path, 'env'], container.env ?? [], variables),
  ])
}

/** Go's flag package takes one dash for two, and the chart of TiDB Operator writes one. */
const spellings = (flag: string): string[] => (flag.startsWith('--') ? [flag, flag.slice(1)] : [flag])

/** `--flag=IMAGE`, or `--flag` and IMAGE as two items. */
function imagesOfArguments(
  object: KubernetesObject,
  path: FieldPath,
  items: readonly string[],
  flags: readonly string[],
): ImageAt[] {
  return items.map(String).flatMap((item, index, all) => {
    const flag = flags.find((name) => item === name || item.startsWith(`${name}=`))
    if (flag === undefined) return []
    if (item !== flag) return imageIn(object, [...path, index], flag.length + 1, item.length)
    const next = all[index + 1] ?? ''
    return next.startsWith('-') ? [] : imageIn(object, [...path, index + 1], 0, next.length)
  })
}

/** Variables whose value is IMAGE, or a list of IMAGE or KEY=IMAGE between blanks or commas. */
function imagesOfVariables(
  object: KubernetesObject,
  path: FieldPath,
  items: readonly { name?: string | null; value?: string }[],
  names: readonly string[],
): ImageAt[] {
  return items.flatMap(({ name, value }, index) =>
    typeof value === 'string' && names.some((pattern) => matchesPattern(pattern, name ?? ''))
      ? listed(value).flatMap(({ start, end }) => imageIn(object, [...path, index, 'value'], start, end))
      : [],
  )
}

/** The images of a list, without their keys. What separates items in a list does not separate them in a placeholder. */
function listed(value: string): { start: number; end: number }[] {
  const images: { start: number; end: number }[] = []
  const lastBrace = value.lastIndexOf('}')
  let start = 0
  let hasKey = false
  const finish = (end: number): void => {
    if (end > start) images.push({ start, end })
    start = end + 1
    hasKey = false
  }
  for (let at = 0; at < value.length; at++) {
    if (value.startsWith('${', at) && at < lastBrace) at = value.indexOf('}', at)
    else if (/[\s,]/.test(value.charAt(at))) finish(at)
    else if (value.charAt(at) === '=' && !hasKey) {
      hasKey = true
      start = at + 1
    }
  }
  finish(value.length)
  return images
}

/** The image between two offsets of a string. Counted from the end, because an earlier image may change the length. */
function imageIn(object: KubernetesObject, path: FieldPath, start: number, end: number): ImageAt[] {
  if (start === end) return []
  const text = String(valueAt(object, path))
  const fromEnd = text.length - end
  const length = end - start
  const writeText = (image: string): undefined => {
    const now = String(valueAt(object, path))
    const until = now.length - fromEnd
    return setAt(object, path, now.slice(0, until - length) + image + now.slice(until))
  }
  return [
    {
      object,
      path,
      text: text.slice(start, end),
      mayBeSecret: true,
      write: (image) => writeText(formatReference(image)),
      writeText,
    },
  ]
}
