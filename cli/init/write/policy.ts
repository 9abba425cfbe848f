import { catalog } from '../../../functions/catalog.ts'
import { PUBLISHED_IMAGE } from '../../../functions/lib/runner/published-image.ts'
import type { Found } from '../found.ts'
import { oneLine, scalar } from './scalar.ts'

/** kustomization.yaml: the policy, and the patches next to it. `base` is a folder whose policy this one is layered on. */
export const writeKustomization = (
  patches: readonly string[],
  base: string | undefined,
): string => `# The policy of the kustomization in the folder above, which names this one under transformers.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- ${base === undefined ? 'policy.yaml' : scalar(base)}
patches:
${[...(base === undefined ? [] : ['policy.yaml']), ...patches].map((path) => `- path: ${path}\n`).join('')}`

const head = (base: string | undefined, name: string): string =>
  base === undefined
    ? `# A section for each function, here with its defaults. Remove a section, and its function does not run.
apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
  annotations:
    config.kubernetes.io/function: |
      container:
        image: ${PUBLISHED_IMAGE}
spec:
`
    : `# What this stack adds to the policy that it is layered on.
apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: ${scalar(name)}
spec:
`

/** policy.yaml: a section for each function, with its defaults, and what a person may have to fill in as comments. */
export function writePolicy(sections: readonly string[], found: Found, base?: { path: string; name: string }): string {
  const hints: Readonly<Record<string, string>> = {
    images:
      base === undefined
        ? hint('Where your copies of images are.', ['mirrors:', '  "*": registry.example.com/mirror'])
        : '',
    securityContext: hintOfContainers(found),
    istio: hintOfPermissivePorts(found),
    networkPolicy: hintOfNamespaces(found) + hintOfScraping(found),
  }
  const written = catalog
    .filter(({ section }) => sections.includes(section))
    .map(
      ({ section, description }) =>
        `  # ${description.replace(/\.$/, '')}\n  ${section}:\n    mode: mutate\n${hints[section] ?? ''}`,
    )
  return `${head(base?.path, base?.name ?? 'hardening')}${written.join('')}`
}

/** Lines that become configuration when their `# ` is removed, and in front of them what they are about. */
const hint = (why: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `    # ${why}\n${lines.map((line) => `    # ${line}\n`).join('')}`

/** Default-deny for a namespace that other builds share would cut their pods off, so a person decides. */
const hintOfNamespaces = ({ namespaces }: Found): string =>
  hint(
    'Deny everything by default if nothing but this build runs there: it has no Namespace object of these.',
    namespaces.length === 0 ? [] : ['namespaces:', ...namespaces.map((namespace) => `  ${scalar(namespace)}: {}`)],
  )

const hintOfScraping = ({ scraped }: Found): string =>
  hint(
    'The Prometheus that scrapes these ports is not in this build: say where it runs.',
    scraped.length === 0
      ? []
      : [
          'scrape:',
          ...scraped.map((target) => `  # ${oneLine(target)}`),
          '  namespace: monitoring',
          '  labels: {app.kubernetes.io/name: prometheus}',
        ],
  )

function hintOfPermissivePorts({ outsidePorts }: Found): string {
  const workloads = [...new Set(outsidePorts.map(({ workload }) => workload))]
  const lines = workloads.flatMap((workload) => {
    const ports = new Map(outsidePorts.filter((one) => one.workload === workload).map((one) => [one.port, one.source]))
    return [
      `  ${scalar(workload)}:`,
      ...[...ports].map(([port, source]) => `    "${port}": {reason: ${scalar(oneLine(source))}}`),
    ]
  })
  return hint(
    'Clients outside the mesh send plain text to these ports, which strict mutual TLS refuses.',
    lines.length === 0 ? [] : ['permissivePorts:', ...lines],
  )
}

/** The policy's user and a read-only root are wrong for many images, and no manifest says for which. */
function hintOfContainers({ containers }: Found): string {
  const lines = containers.map(({ name, image }) =>
    image
      ? `  ${scalar(name)}: {runAsUser: ${image.runAsUser}${image.writable.length > 0 ? `, writable: [${image.writable.map(scalar).join(', ')}]` : ''}} # ${oneLine(image.source)}`
      : `  ${scalar(name)}: {runAsUser: 65532, writable: [/tmp]} # fill in what its image needs`,
  )
  return hint(
    'Which user an image needs, and where it writes. Without an entry, a container that says neither runs as 65532, and its root is read-only.',
    lines.length === 0 ? [] : ['containers:', ...lines],
  )
}
