import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

// What took more than linear time once: how the processor time of the functions grows with the input.

const list = (items, kind, spec) =>
  `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}functionConfig:\n  apiVersion: krm-hardening.dev/v1alpha1\n  kind: ${kind}\n  metadata: {name: policy}\n  spec: ${spec}\n`
const times = (count, text) => Array.from({ length: count }, (_, index) => text(index)).join('')

/** As Kustomize prints it. */
const deployment = (index) => `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    annotations:
      config.k8s.io/id: '${index + 1}'
      internal.config.kubernetes.io/id: '${index + 1}'
      kustomize.config.k8s.io/id: |
        kind: Deployment
    name: a${index}
    namespace: shop
  spec:
    replicas: 2
    selector:
      matchLabels:
        app: a${index}
    template:
      metadata:
        labels:
          app: a${index}
      spec:
        containers:
        - image: app:1
          name: app
`
const commented = (lines) =>
  `- apiVersion: v1\n  kind: Pod\n  metadata: {name: cart}\n${times(lines, (index) => `  # line ${index}\n`)}  spec:\n    containers: [{name: app, image: cart}]\n`
const REDIS = `- apiVersion: apps/v1\n  kind: StatefulSet\n  metadata: {name: redis, namespace: shop}\n  spec: {replicas: 3, selector: {matchLabels: {app: redis}}, template: {metadata: {labels: {app: redis}}, spec: {containers: [{name: redis, image: redis}]}}}\n`
const wordy = (words) =>
  `${REDIS}- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: redis, namespace: shop}\n  data: {a: "monitor ${times(words, () => 'a ')}b"}\n`
const LINE =
  '{derive: {a: {from: redis, formula: count, target: {configMap: {name: redis, key: a, line: "monitor * * * * * {value}"}}}}}'

const CASES = [
  {
    what: 'workloads of one namespace, in istio and network policy',
    sizes: [1000, 2000, 4000, 8000],
    input: (size) => list(times(size, deployment), 'Hardening', '{istio: {}, networkPolicy: {}}'),
  },
  {
    what: 'lines of comments in one manifest',
    sizes: [5000, 10_000, 20_000, 40_000],
    input: (size) => list(commented(size), 'SecurityContextEnforcer', '{}'),
  },
  {
    what: 'words of a line that a pattern with five wildcards is looked for in',
    sizes: [25_000, 50_000, 100_000, 200_000],
    input: (size) => list(wordy(size), 'ReplicationFactor', LINE),
  },
]

/** Processor seconds of each case at each size, the start of Node included; the least of three runs. */
export function measureGrowth(folder) {
  return CASES.map(({ what, sizes, input }) => ({
    what,
    sizes,
    seconds: sizes.map((size) => {
      const file = join(folder, 'growth.yaml')
      writeFileSync(file, input(size))
      return Math.min(...[1, 2, 3].map(() => secondsFor(file)))
    }),
  }))
}

function secondsFor(file) {
  const command = `TIMEFORMAT='%U %S'; time node dist/functions.cjs <'${file}' >/dev/null 2>/dev/null`
  const { stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  return Number(
    stderr
      .trim()
      .split(' ')
      .reduce((sum, part) => sum + Number(part), 0)
      .toFixed(2),
  )
}
