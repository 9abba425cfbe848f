import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../../../functions/lib/kubernetes/pod-template.ts'
import { builtInCopy } from '../../../support/programs.ts'

/** The checks of Pod Security admission, built from its module. */
export const podSecurity = (): string =>
  builtInCopy(
    'k8s.io/pod-security-admission',
    'v0.34.1',
    {
      program: 'pod-security',
      package: 'pod-security',
      files: { 'pod-security/main.go': readFileSync(join(__dirname, '../pod-security/main.go'), 'utf8') },
    },
    'The tests of HelmReleases need Pod Security admission',
  )

/** What Kubernetes' own admission finds in the pods of objects at level restricted, a line each. */
export function podSecurityFindings(objects: readonly KubernetesObject[]): string[] {
  const templates = objects.flatMap((object) => {
    const template = podTemplateOf(object)
    return template ? [{ name: describe(object), metadata: template.metadata, spec: template.spec }] : []
  })
  const found = execFileSync(podSecurity(), { input: JSON.stringify(templates), encoding: 'utf8' })
  return found.split('\n').filter((line) => line !== '')
}
