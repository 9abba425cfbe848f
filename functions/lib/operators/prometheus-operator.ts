import type { CustomResource, ImageField, Operator, PodFields } from './operator.ts'

// Deprecated in favour of image. The operator refuses a digest in `tag`, and prefers `sha` to it.
const baseImage = (path: string): ImageField => ({
  path,
  parts: { repository: 'baseImage', tag: 'tag', sha256: 'sha' },
})

const pods: PodFields = {
  harden: true,
  podSecurityContexts: {
    'spec.securityContext': { of: 'spec', containerLists: ['spec.initContainers', 'spec.containers'] },
  },
  volumes: ['spec.volumes'],
  flags: { 'spec.hostNetwork': 'hostNamespaces' },
}

const server: CustomResource = {
  images: [
    'spec.image',
    'spec.thanos.image',
    'spec.containers.*.image',
    'spec.initContainers.*.image',
    'spec.volumes.*.image.reference',
    baseImage('spec'),
    baseImage('spec.thanos'),
  ],
  pods,
  // The operator's own containers meet restricted already.
  level: 'restricted',
}

/** Source: https://prometheus-operator.dev/docs/api-reference/api/ */
export const prometheusOperator: Operator = {
  imageSettings: [{ argument: '--prometheus-config-reloader' }],
  customResources: {
    'monitoring.coreos.com/Prometheus': server,
    'monitoring.coreos.com/PrometheusAgent': server,
    'monitoring.coreos.com/Alertmanager': server,
    'monitoring.coreos.com/ThanosRuler': server,
  },
}
