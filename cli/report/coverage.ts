import { describe } from '../../functions/lib/kubernetes/objects.ts'
import type { Coverage, UncalledPort } from '../reachability/coverage.ts'

/** Workloads whose egress admits nothing of their own; nothing if there are none. */
export const silenceAsText = ({ callNothing }: Coverage): string =>
  callNothing.length === 0
    ? ''
    : `may call nothing but DNS: ${callNothing.map(({ object }) => describe(object)).join(', ')}\n`

export const figuresAsText = ({ figures }: Coverage): string =>
  `Services: ${figures.services}; ports: ${figures.ports}, called: ${figures.called}, uncalled: ${figures.uncalled}${
    figures.expected > 0 ? ` (${figures.expected} of them as expected)` : ''
  }; flows: ${figures.flows}\n`

/** The same for machines. */
export const coverageAsJson = ({ figures, uncalled, callNothing }: Coverage): object => ({
  ...figures,
  uncalledPorts: uncalled.map(portAsJson),
  callNothing: callNothing.map(({ kind, namespace, name }) => ({ kind, namespace, name })),
})

const portAsJson = ({ service: { namespace, name }, port, workloads }: UncalledPort): object => ({
  service: `${namespace}/${name}`,
  port: port.name ?? port.port,
  workloads: workloads.map((workload) => `${workload.namespace}/${workload.name}`),
})
