import { catalog } from '../../functions/catalog.ts'
import { IMAGE } from '../image.ts'

/** kustomization.yaml: the policy, and the patches beside it. */
export const writeKustomization = (
  patches: readonly string[],
): string => `# The policy of the kustomization in the folder above, which names this one under transformers.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- policy.yaml
patches:
${patches.map((path) => `- path: ${path}\n`).join('')}`

/** policy.yaml: a section for each function, with its defaults. `namespaces` are those that may need to be named. */
export function writePolicy(sections: readonly string[], namespaces: readonly string[]): string {
  const hints: Readonly<Record<string, string>> = {
    images: '    # mirrors:\n    #   "*": registry.example.com/mirror\n',
    networkPolicy: hintOfNamespaces(namespaces),
  }
  return `# A section for each function, here with its defaults. A section that is taken out is a function that does not run.
apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
  annotations:
    config.kubernetes.io/function: |
      container:
        image: ${IMAGE}
spec:
${catalog
  .filter(({ section }) => sections.includes(section))
  .map(
    ({ section, description }) =>
      `  # ${description.replace(/\.$/, '')}\n  ${section}:\n    mode: mutate\n${hints[section] ?? ''}`,
  )
  .join('')}`
}

/** Default-deny for a namespace that other builds share would cut their pods off, so that a person decides. */
function hintOfNamespaces(namespaces: readonly string[]): string {
  if (namespaces.length === 0) return ''
  const names = namespaces.map((namespace) => `    #   ${namespace}: {}\n`).join('')
  return `    # Deny everything by default where nothing but this runs; no Namespace object stands in this build.\n    # namespaces:\n${names}`
}
