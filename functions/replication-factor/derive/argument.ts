import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Container, type ContainerAt, containersOf, podTemplateOf } from '../../lib/kubernetes/pod-template.ts'

/** A command-line flag of a container, and where its value stands. */
export interface Argument {
  at: ContainerAt
  /** Path of the item that holds the value. */
  field: string
  list: string[]
  index: number
  /** `--flag=`, or nothing where the value is an item of its own. */
  lead: string
  value: string
}

/**
 * Every place where an object's containers are given a flag, as `--flag=VALUE` or as two items. One dash is as good as
 * two, as programs in Go take it.
 */
export function argumentsOf(object: KubernetesObject, flag: string, containerName?: string): Argument[] {
  const template = podTemplateOf(object)
  if (!template) return []
  return containersOf(template)
    .filter(({ container }) => containerName === undefined || container.name === containerName)
    .flatMap((at) => [...inList(at, 'command', bare(flag)), ...inList(at, 'args', bare(flag))])
}

const bare = (flag: string): string => flag.replace(/^--?/, '')

function inList(at: ContainerAt, key: 'command' | 'args', flag: string): Argument[] {
  const list: Container['args'] = at.container[key] ?? []
  const found = (index: number, lead: string, value: string): Argument[] => [
    { at, field: formatPath([...at.path, key, index]), list, index, lead, value },
  ]
  return list.flatMap((item, index) => {
    if (typeof item !== 'string' || !item.startsWith('-')) return []
    const equals = item.indexOf('=')
    if (equals > 0 && bare(item.slice(0, equals)) === flag)
      return found(index, item.slice(0, equals + 1), item.slice(equals + 1))
    const next = list[index + 1]
    return bare(item) === flag && typeof next === 'string' ? found(index + 1, '', next) : []
  })
}
