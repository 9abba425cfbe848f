import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Container, containersOf, podTemplateOf } from '../../lib/kubernetes/pod-template.ts'
import { argumentsOf } from '../derive/target-argument.ts'
import { variablesOf } from '../derive/variable.ts'

const FLAG = '--initial-cluster'
const VARIABLE = 'ETCD_INITIAL_CLUSTER'

/** The members that an etcd is told of, and where. */
export interface MemberList {
  /** The flag or the variable. */
  name: string
  container: Container
  field: string
  /** undefined where it comes from elsewhere. */
  value: string | undefined
}

/**
 * Every place where an object tells an etcd its members: the flag, which beats the variable, else the variable.
 * Source: https://etcd.io/docs/latest/op-guide/configuration/
 */
export function memberListsOf(object: KubernetesObject): MemberList[] {
  const flags = argumentsOf(object, FLAG).map(({ at, field, value }) => ({
    name: FLAG,
    container: at.container,
    field,
    value,
  }))
  return flags.length > 0 ? flags : variables(object)
}

function variables(object: KubernetesObject): MemberList[] {
  const template = podTemplateOf(object)
  return (template ? containersOf(template) : []).flatMap(({ container, path }) =>
    variablesOf(container)
      .filter(({ name }) => name === VARIABLE)
      .slice(-1)
      .map(({ value }) => ({
        name: VARIABLE,
        container,
        field: `${formatPath([...path, 'env'])}[name=${VARIABLE}]`,
        value,
      })),
  )
}
