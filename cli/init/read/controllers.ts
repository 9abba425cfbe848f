import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { listAt, stringsIn, textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { describe, groupOf, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Labels } from '../../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { join, type Read } from '../proposal.ts'
import { endpointsIn } from '../texts/endpoints.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { resolveHost } from './resolve-host.ts'

/** Objects by which a controller is told what to call, which is not the workload that they are about. */
interface Instruction {
  group: RegExp
  kind: RegExp
  /** The field and the text of each value that may name a host. */
  valuesOf(object: KubernetesObject): [field: string, text: string][]
  /** Is the workload a controller of such objects? */
  mayAct(workload: Workload): boolean
  /** Does it act on this one? */
  acts?(workload: Workload, object: KubernetesObject): boolean
  /** Where the controller usually runs, if the build does not have it. */
  usual?: { namespace: string; labels: Labels }
}

const runs =
  (image: RegExp) =>
  ({ template }: Workload): boolean =>
    template.spec.containers.some((container) => image.test(container.image ?? ''))

const AUTH_URL = /\.ingress\.kubernetes\.io\/auth-url$|^haproxy-ingress\.github\.io\/auth-url$/

const INSTRUCTIONS: readonly Instruction[] = [
  {
    // Source: https://doc.traefik.io/traefik/middlewares/http/forwardauth/
    group: /^traefik\.(?:io|containo\.us)$/,
    kind: /^Middleware$/,
    valuesOf: (object) => fieldOf(object, ['spec', 'forwardAuth', 'address']),
    mayAct: runs(/(?:^|\/)traefik(?:[:@]|$)/),
  },
  {
    // Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#external-authentication
    group: /^networking\.k8s\.io$/,
    kind: /^Ingress$/,
    valuesOf: ({ metadata }) => Object.entries(metadata.annotations ?? {}).filter(([name]) => AUTH_URL.test(name)),
    mayAct: runs(/(?:^|\/)(?:ingress-nginx\/controller|nginx-ingress-controller|haproxy-ingress)(?:[:@]|$)/),
  },
  {
    // Sources: https://keda.sh/docs/latest/reference/scaledobject-spec/, and the labels in https://github.com/kedacore/keda/tree/main/config/manager
    group: /^keda\.sh$/,
    kind: /^Scaled(?:Object|Job)$/,
    valuesOf: (object) =>
      listAt(object, 'spec', 'triggers').flatMap((trigger, index) =>
        [...stringsIn(trigger.metadata)].map(([path, text]): [string, string] => [
          `spec.triggers[${index}].metadata.${path.join('.')}`,
          text,
        ]),
      ),
    mayAct: runs(/(?:^|\/)keda(?:[:@]|$)/),
    usual: { namespace: 'keda', labels: { app: 'keda-operator' } },
  },
  {
    // Source: https://external-secrets.io/latest/provider/hashicorp-vault/
    group: /^external-secrets\.io$/,
    kind: /^(?:Cluster)?SecretStore$/,
    valuesOf: (object) => fieldOf(object, ['spec', 'provider', 'vault', 'server']),
    mayAct: runs(/(?:^|\/)external-secrets(?:[:@]|$)/),
    usual: { namespace: 'external-secrets', labels: { 'app.kubernetes.io/name': 'external-secrets' } },
  },
  {
    // Sources: https://docs.dapr.io/operations/components/component-scopes/, https://docs.dapr.io/reference/arguments-annotations-overview/
    group: /^dapr\.io$/,
    kind: /^Component$/,
    valuesOf: (object) =>
      listAt(object, 'spec', 'metadata').flatMap(({ name, value }): [string, string][] =>
        typeof name === 'string' && typeof value === 'string' ? [[`spec.metadata.${name}`, value]] : [],
      ),
    mayAct: ({ template }) => template.metadata?.annotations?.['dapr.io/enabled'] === 'true',
    acts: ({ namespace, template }, object) => {
      const scopes = valueAt(object, ['scopes'])
      return (
        namespace === object.metadata.namespace &&
        (!Array.isArray(scopes) || scopes.includes(template.metadata?.annotations?.['dapr.io/app-id']))
      )
    },
  },
]

function fieldOf(object: KubernetesObject, path: string[]): [string, string][] {
  const text = textAt(object, ...path)
  return text === undefined ? [] : [[path.join('.'), text]]
}

/** What controllers are told to call, as values that they are given. Where one usually runs is no certain caller. */
export function valuesOfControllers(objects: readonly KubernetesObject[], topology: Topology): GivenValue[] {
  const controllersOf = controllersIn(topology)
  return instructed(objects).flatMap(({ object, instruction, field, text }) =>
    controllersOf(object, instruction).map((workload) => ({
      ...{ workload, text, name: field.split('.').at(-1), source: `${describe(object)}: ${field}` },
      ...{ siblings: new Map(), isSecret: false, isShared: workload.object === object, isOfFile: false },
    })),
  )
}

/** What is called by a controller of which nothing is known. */
export function readUnknownControllers(objects: readonly KubernetesObject[], topology: Topology): Read {
  const controllersOf = controllersIn(topology)
  return join(
    instructed(objects)
      .filter(({ object, instruction }) => controllersOf(object, instruction).length === 0)
      .map(({ object, field, text }) => ({
        proposals: [],
        notes: endpointsIn(text).flatMap(({ host, port }) => {
          const target = resolveHost(host, object.metadata.namespace ?? '', topology)
          if (target?.type !== 'service') return []
          const { namespace, name, ports } = target.service
          return [
            `${describe(object)}: ${field}: names Service ${name}, which its controller calls, and this build does not have that; add the flow ${namespace}/${name}:${port ?? ports[0]?.port} with the controller as the caller`,
          ]
        }),
      })),
  )
}

interface Instructed {
  object: KubernetesObject
  instruction: Instruction
  field: string
  text: string
}

const instructed = (objects: readonly KubernetesObject[]): Instructed[] =>
  objects.flatMap((object) =>
    INSTRUCTIONS.filter(({ group, kind }) => kind.test(object.kind) && group.test(groupOf(object.apiVersion))).flatMap(
      (instruction) => instruction.valuesOf(object).map(([field, text]) => ({ object, instruction, field, text })),
    ),
  )

/** The controllers of each object: those of the build, or else one where it usually runs. */
function controllersIn({
  workloads,
}: Topology): (object: KubernetesObject, instruction: Instruction) => readonly Workload[] {
  const candidates = new Map(INSTRUCTIONS.map((one) => [one, workloads.filter((workload) => one.mayAct(workload))]))
  return (object, instruction) => {
    const here = (candidates.get(instruction) ?? []).filter((workload) => instruction.acts?.(workload, object) ?? true)
    if (here.length > 0 || instruction.usual === undefined) return here
    const template = { owner: object, path: [], spec: { containers: [] } }
    return [{ ...instruction.usual, object, kind: object.kind, name: object.metadata.name, template }]
  }
}
