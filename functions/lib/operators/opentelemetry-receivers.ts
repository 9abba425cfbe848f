import { textAt } from '../kubernetes/fields.ts'
import { isFields, valueAt } from '../kubernetes/objects.ts'
import type { PodPort } from './operator.ts'

/** Where a receiver listens if its `endpoint` does not say: by protocol if it has several, which are open if they are named. */
const RECEIVERS: Readonly<Record<string, PodPort | Readonly<Record<string, PodPort>>>> = {
  otlp: { grpc: { name: 'otlp-grpc', port: 4317 }, http: { name: 'otlp-http', port: 4318 } },
  jaeger: {
    grpc: { port: 14250 },
    thrift_http: { port: 14268 },
    thrift_compact: { port: 6831, protocol: 'UDP' },
    thrift_binary: { port: 6832, protocol: 'UDP' },
  },
  zipkin: { port: 9411 },
  opencensus: { port: 55678 },
  statsd: { port: 8125, protocol: 'UDP' },
  carbon: { port: 2003 },
  influxdb: { port: 8086 },
  splunk_hec: { port: 8088 },
  fluentforward: { port: 8006 },
}

const isPort = (known: PodPort | Readonly<Record<string, PodPort>>): known is PodPort => typeof known.port === 'number'

function listening(settings: unknown, standard: PodPort): PodPort {
  const [, written] = /:(\d+)$/.exec(textAt(settings, 'endpoint') ?? '') ?? []
  return { ...standard, port: written === undefined ? standard.port : Number(written) }
}

/**
 * The ports on which the receivers of a collector's configuration listen, and its exporter for Prometheus. Others call their
 * endpoint. Source: the README of each receiver in https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver
 */
export function portsOfReceivers(config: unknown): PodPort[] {
  const receivers = valueAt(config, ['receivers'])
  const exporters = valueAt(config, ['exporters'])
  return [
    ...(isFields(receivers) ? Object.entries(receivers) : []).flatMap(([name, settings]) =>
      portsOf(typeOf(name), settings),
    ),
    ...(isFields(exporters) ? Object.entries(exporters) : []).flatMap(([name, settings]) =>
      typeOf(name) === 'prometheus' && textAt(settings, 'endpoint') ? [listening(settings, { port: 8889 })] : [],
    ),
  ]
}

/** `otlp` of `otlp/inside`. */
const typeOf = (name: string): string => name.split('/')[0] as string

function portsOf(type: string, settings: unknown): PodPort[] {
  const known = Object.hasOwn(RECEIVERS, type) ? RECEIVERS[type] : undefined
  if (!known) return []
  if (isPort(known)) return [listening(settings, known)]
  const protocols = valueAt(settings, ['protocols'])
  return Object.entries(known).flatMap(([protocol, standard]) =>
    isFields(protocols) && Object.hasOwn(protocols, protocol) ? [listening(protocols[protocol], standard)] : [],
  )
}
