import { stringify } from 'yaml'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { canonical } from './yaml-styles.ts'

/** A ResourceList of items that are text already, with a functionConfig of this product. */
export function listOfItems(items: readonly string[], kind: string, spec: object): string {
  const config = { apiVersion: 'krm-hardening.dev/v1alpha1', kind, metadata: { name: 'policy' }, spec }
  const functionConfig = stringify({ functionConfig: config }, { aliasDuplicateObjects: false })
  return `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items.join('')}${functionConfig}`
}

/** The items of an answer, as one text. */
export const itemsOf = (stdout: string): string =>
  /^items:\n([\s\S]*?)(?:^results: |$(?![\s\S]))/m.exec(stdout)?.[1] ?? ''

/** An object as Kustomize sends it: with the annotations by which it finds the object again. */
export const asOfKustomize = (object: KubernetesObject, index: number): string =>
  canonical({
    ...object,
    metadata: {
      ...object.metadata,
      annotations: {
        ...object.metadata.annotations,
        'config.k8s.io/id': `${index}`,
        'internal.config.kubernetes.io/id': `${index}`,
        'kustomize.config.k8s.io/id': `kind: ${object.kind}\nname: ${object.metadata.name}\n`,
      },
    },
  })

/** Such an item without the annotations that the answer does not need. */
export const withoutIds = (item: string): string =>
  item.replaceAll(/^ {6}(?:internal\.config\.kubernetes|config\.k8s)\.io\/id: .*\n/gm, '')
