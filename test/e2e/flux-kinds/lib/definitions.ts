import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { builtWithGo } from '../../../support/programs.ts'
import { objectsOf } from '../../../support/stacks.ts'
import { downloaded } from '../../cluster/lib/definitions.ts'

/** Modules with the definitions of kinds, and where they are in it. */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  'github.com/fluxcd/helm-controller@v1.6.0': ['config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml'],
  'github.com/fluxcd/source-controller@v1.9.6': [
    'config/crd/bases/source.toolkit.fluxcd.io_ocirepositories.yaml',
    'config/crd/bases/source.toolkit.fluxcd.io_helmrepositories.yaml',
  ],
  'github.com/fluxcd/kustomize-controller@v1.9.6': ['config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml'],
  'github.com/cert-manager/cert-manager@v1.21.2': ['deploy/crds/cert-manager.io_clusterissuers.yaml'],
  'github.com/prometheus-operator/prometheus-operator@v0.91.0': [
    'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
  ],
}

/** Of ImagePolicy and ImageRepository the types alone are a module, from which the definitions are generated as Flux does it. */
const TYPES = { module: 'github.com/fluxcd/image-reflector-controller/api@v1.2.5', generator: 'v0.20.1' }

/** The definitions of the kinds that the stacks of Flux use. Throws with what Go says where one cannot be had. */
export const definitions = (): KubernetesObject[] => [
  ...Object.entries(PUBLISHED).flatMap(([module, files]) => {
    const folder = downloaded(module)
    return files.flatMap((file) => objectsOf(readFileSync(join(folder, file), 'utf8')))
  }),
  ...generated(),
]

function generated(): KubernetesObject[] {
  const why = 'Definitions of kinds are generated from the types of Flux'
  const generator = builtWithGo('sigs.k8s.io/controller-tools/cmd/controller-gen', TYPES.generator, why)
  const text = execFileSync(generator, ['crd', 'paths=./v1', 'output:crd:stdout'], {
    cwd: downloaded(TYPES.module),
    env: { ...process.env, GOFLAGS: '-mod=mod' },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return objectsOf(text)
}
