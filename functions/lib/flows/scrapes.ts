import type { Finding } from '../framework/finding.ts'
import { listAt } from '../kubernetes/fields.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { SCRAPE, scrapePort } from '../kubernetes/scrape-annotations.ts'
import { type Labels, matchesSelector } from '../kubernetes/selector.ts'
import { type Service, targetPortNumber } from '../kubernetes/service.ts'
import { containerPort, type Workload } from '../kubernetes/workload.ts'
import { findings } from './findings.ts'
import { isBehind, type MadePods, portOfMade, targetOfMade } from './made-pods.ts'
import { type MonitorKind, monitorKindOf, OF_PROMETHEUS } from './monitor-kinds.ts'
import { type Port, tcp } from './port.ts'
import type { Topology } from './topology.ts'

/** Pods that are called: those of a workload, or those that an operator makes. */
export type Called =
  | { workload: Workload; replica?: string; pods?: undefined }
  | { pods: MadePods; workload?: undefined }

/** A scrape that a monitor of the build asks for. */
export type Scrape = Called & {
  monitor: KubernetesObject
  port: Port
  /** The Prometheus of the build that read the monitor; none if another build or the policy has it. */
  scrapers: readonly MadePods[]
}

/**
 * What Prometheus scrapes by the monitors of a build, and who scrapes it. Source:
 * https://prometheus-operator.dev/docs/api-reference/api/: a monitor looks at its own namespace unless it says otherwise.
 */
export function scrapesOf(
  objects: readonly KubernetesObject[],
  topology: Topology,
): { scrapes: Scrape[]; findings: Finding[] } {
  const monitors = objects.flatMap((monitor) => {
    const kind = monitorKindOf(monitor)
    return kind ? [{ monitor, kind }] : []
  })
  const annotated = topology.services.flatMap((service) => ofAnnotations(service, topology))
  if (monitors.length === 0) return { scrapes: annotated, findings: [] }
  const namespaces = namespaceLabels(objects)
  const found: Finding[] = []
  const scrapes = monitors.flatMap(({ monitor, kind }) => {
    const scrapers = topology.made.filter((pods) => chooses(pods.object, monitor, kind.chosenBy, namespaces))
    const targets = targetsOf(monitor, kind, topology)
    if (targets.length === 0 && kind.names !== 'targets') found.push(withoutTarget(monitor, topology))
    return targets.map((target) => ({ ...target, monitor, scrapers }))
  })
  return { scrapes: [...annotated, ...scrapes], findings: found }
}

/**
 * Annotations of a Service ask for a scrape of each pod behind it: on the port that they give, else on every port of the
 * Service. Source: the job kubernetes-service-endpoints of
 * https://github.com/prometheus/prometheus/blob/main/documentation/examples/prometheus-kubernetes.yml
 */
function ofAnnotations(service: Service, topology: Topology): Scrape[] {
  const { object, ports } = service
  if (object.metadata.annotations?.[SCRAPE] !== 'true') return []
  const given = scrapePort(object)
  return topology.workloadsBehind(service).flatMap((workload) => {
    const numbers = given === undefined ? ports.map((port) => targetPortNumber(port, workload)) : [given]
    return numbered(numbers).map((port) => ({ workload, port, monitor: object, scrapers: [] }))
  })
}

/** A Prometheus without a selector reads no monitors of the kind; without a namespace selector, those of its own namespace. */
function chooses(
  prometheus: KubernetesObject,
  monitor: KubernetesObject,
  field: string | undefined,
  namespaces: ReadonlyMap<string, Labels>,
): boolean {
  const isPrometheus = ['Prometheus', 'PrometheusAgent'].some((kind) => isKind(prometheus, OF_PROMETHEUS, kind))
  if (field === undefined || !isPrometheus) return false
  const selector = valueAt(prometheus, ['spec', `${field}Selector`])
  if (!isFields(selector) || !matchesSelector(selector, monitor.metadata.labels ?? {})) return false
  const inNamespaces = valueAt(prometheus, ['spec', `${field}NamespaceSelector`])
  const namespace = monitor.metadata.namespace ?? ''
  return isFields(inNamespaces)
    ? matchesSelector(inNamespaces, { [NAME_LABEL]: namespace, ...namespaces.get(namespace) })
    : namespace === (prometheus.metadata.namespace ?? '')
}

/** Source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
const NAME_LABEL = 'kubernetes.io/metadata.name'

const namespaceLabels = (objects: readonly KubernetesObject[]): Map<string, Labels> =>
  new Map(
    objects
      .filter((object) => isKind(object, '', 'Namespace'))
      .map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
  )

type Target = Called & { port: Port }

function targetsOf(monitor: KubernetesObject, { names, everywhere }: MonitorKind, topology: Topology): Target[] {
  switch (names) {
    case 'services':
      return ofServices(monitor, topology)
    case 'pods':
      return ofPods(monitor, topology, everywhere)
    case 'prober':
      return ofProber(monitor, topology)
    case 'targets':
      return ofStaticTargets(monitor, topology)
  }
}

/** An endpoint names a port of the Service, or one of the pods by `targetPort`. */
const ofServices = (monitor: KubernetesObject, topology: Topology): Target[] =>
  topology.services
    .filter(
      ({ namespace, object }) =>
        isInNamespace(monitor, namespace) && matchesSelector(monitorSelector(monitor), object.metadata.labels ?? {}),
    )
    .flatMap((service) =>
      listAt(monitor, 'spec', 'endpoints').flatMap((endpoint) => {
        const ports = service.ports.filter(({ name }) => name !== undefined && name === endpoint.port)
        const onPods = portOf(endpoint.targetPort)
        return [
          ...topology.workloadsBehind(service).flatMap((workload) => {
            const targets = ports.map((port) => targetPortNumber(port, workload))
            const byPod = onPods === undefined || ports.length > 0 ? undefined : numberOn(workload, onPods)
            return numbered([...targets, byPod]).map((port) => ({ workload, port }))
          }),
          ...topology.made
            .filter((pods) => isBehind(service, pods))
            .flatMap((pods) => {
              const targets = ports.map((port) => targetOfMade(pods, port))
              const byPod = onPods === undefined || ports.length > 0 ? undefined : numberOnMade(pods, onPods)
              return numbered([...targets, byPod]).map((port) => ({ pods, port }))
            }),
        ]
      }),
    )

const ofPods = (monitor: KubernetesObject, topology: Topology, everywhere = false): Target[] => {
  const selector = monitorSelector(monitor)
  const isAsked = (namespace: string): boolean => everywhere || isInNamespace(monitor, namespace)
  const endpoints = [...listAt(monitor, 'spec', 'podMetricsEndpoints'), ...listAt(monitor, 'spec', 'endpoints')]
  const ports = endpoints.flatMap(
    ({ port, portNumber, targetPort }) => portOf(port) ?? portOf(portNumber) ?? portOf(targetPort) ?? [],
  )
  return [
    ...topology.workloads
      .filter(({ namespace, labels }) => isAsked(namespace) && matchesSelector(selector, labels))
      .flatMap((workload) =>
        numbered(ports.map((port) => numberOn(workload, port))).map((port) => ({ workload, port })),
      ),
    ...topology.made
      .filter(({ namespace, allLabels }) => isAsked(namespace) && matchesSelector(selector, allLabels))
      .flatMap((pods) => numbered(ports.map((port) => numberOnMade(pods, port))).map((port) => ({ pods, port }))),
  ]
}

/** The pods behind a port of a Service of the build, or that an operator makes. */
export function calledBy(namespace: string, name: string, port: string | number, topology: Topology): Target[] {
  const service = topology.serviceCalled(namespace, name)
  const made = topology.madeWith(namespace, {})
  if (!service)
    return made.flatMap((pods) => {
      const ports = pods.services?.[name]
      const target = ports && (typeof port === 'number' ? ports[port] : portOfMade(pods, port))
      return numbered([target]).map((onPods) => ({ pods, port: onPods }))
    })
  const ports = service.ports.filter((candidate) => candidate.name === port || candidate.port === port)
  return [
    ...topology
      .workloadsBehind(service)
      .flatMap((workload) =>
        numbered(ports.map((one) => targetPortNumber(one, workload))).map((onPods) => ({ workload, port: onPods })),
      ),
    ...made
      .filter((pods) => isBehind(service, pods))
      .flatMap((pods) =>
        numbered(ports.map((one) => targetOfMade(pods, one))).map((onPods) => ({ pods, port: onPods })),
      ),
  ]
}

/** A Probe is a scrape of the prober, which calls what is probed. */
function ofProber(monitor: KubernetesObject, topology: Topology): Target[] {
  const prober = proberOf(monitor)
  const [name = '', namespace = monitor.metadata.namespace ?? ''] = prober.host.split('.')
  return calledBy(namespace, name, prober.port, topology)
}

/** The addresses that a configuration lists, as far as they are Services of the build. */
function ofStaticTargets(monitor: KubernetesObject, topology: Topology): Target[] {
  const lists = [...listAt(monitor, 'spec', 'staticConfigs'), ...listAt(monitor, 'spec', 'targetEndpoints')]
  const targets = lists.flatMap(({ targets: written }) => (Array.isArray(written) ? written.map(String) : []))
  return targets.flatMap((target) => {
    const { host, port } = partsOfUrl(target, 80)
    const [name = '', namespace = monitor.metadata.namespace ?? ''] = host.split('.')
    return calledBy(namespace, name, port, topology)
  })
}

/** Where Prometheus reaches the prober that a Probe names. */
function proberOf(probe: KubernetesObject): UrlParts {
  const url = valueAt(probe, ['spec', 'prober', 'url']) ?? valueAt(probe, ['spec', 'vmProberSpec', 'url'])
  const isTls = [
    valueAt(probe, ['spec', 'prober', 'scheme']),
    valueAt(probe, ['spec', 'vmProberSpec', 'scheme']),
  ].includes('https')
  return partsOfUrl(typeof url === 'string' ? url : '', isTls ? 443 : 80)
}

interface UrlParts {
  host: string
  port: number
}

/** Host and port of a URL, or of a host that is written with or without a port. */
function partsOfUrl(url: string, standard: number): UrlParts {
  const [, scheme, host = '', port] = /^(?:(\w+):\/\/)?(?:[^/@]*@)?(\[[^\]]*\]|[^:/?#]+)(?::(\d+))?/.exec(url) ?? []
  return { host, port: port === undefined ? (scheme === 'https' ? 443 : standard) : Number(port) }
}

/** A target that a Probe lists, and the pods of the build that probe it; none if another build has them. */
export interface ProbeTarget extends UrlParts {
  probers: readonly Called[]
}

/** The static targets of a Probe. A host with a placeholder or a variable is known to nobody yet, and left out. */
export function probeTargets(probe: KubernetesObject, topology: Topology): ProbeTarget[] {
  const written = valueAt(probe, ['spec', 'targets', 'staticConfig', 'static'])
  const probers = ofProber(probe, topology)
  return (Array.isArray(written) ? written : [])
    .filter((target): target is string => typeof target === 'string' && !target.includes('$'))
    .map((target) => ({ ...partsOfUrl(target, 80), probers }))
    .filter(({ host }) => host !== '')
}

const numberOn = (workload: Workload, port: string | number): number | undefined =>
  containerPort(workload, port) ?? (typeof port === 'number' ? port : undefined)
const numberOnMade = (pods: MadePods, port: string | number): number | undefined =>
  portOfMade(pods, port) ?? (typeof port === 'number' ? port : undefined)

const numbered = (ports: readonly (number | undefined)[]): Port[] =>
  [...new Set(ports)].flatMap((port) => (port === undefined ? [] : [tcp(port)]))

const portOf = (value: unknown): string | number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined

const monitorSelector = (monitor: KubernetesObject): unknown => valueAt(monitor, ['spec', 'selector'])

function isInNamespace(monitor: KubernetesObject, namespace: string): boolean {
  const selector = valueAt(monitor, ['spec', 'namespaceSelector'])
  if (isFields(selector) && selector.any === true) return true
  const names = isFields(selector) && Array.isArray(selector.matchNames) ? selector.matchNames : []
  return names.length > 0 ? names.includes(namespace) : namespace === (monitor.metadata.namespace ?? '')
}

/** What it selects may be in another build, unless it looks at namespaces of this one alone. */
function withoutTarget(monitor: KubernetesObject, { ownNamespaces }: Topology): Finding {
  const selector = valueAt(monitor, ['spec', 'namespaceSelector'])
  const names = isFields(selector) && Array.isArray(selector.matchNames) ? selector.matchNames.map(String) : []
  const places = names.length > 0 ? names : [monitor.metadata.namespace ?? '']
  const isHere = valueAt(selector, ['any']) !== true && places.every((place) => ownNamespaces.has(place))
  return findings['monitor-without-target']({ object: monitor, severity: isHere ? 'warning' : 'info' })
}
