import { type ChartSources, isHelmRepository, isOciRepository } from '../../lib/charts/source.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { matches } from '../../lib/framework/match.ts'
import { formatPath, isKind, type KubernetesObject, type TypeMeta, typeOf } from '../../lib/kubernetes/objects.ts'
import { containersOf, isPodOwner, type PodTemplate, podTemplateOf } from '../../lib/kubernetes/pod-template.ts'
import { imagesOfConfigMap } from './config-maps.ts'
import { pathsOf } from './field-pattern.ts'
import { imagesOfFlags } from './flags.ts'
import { HELM_KINDS, imagesOfHelmValues } from './helm-values.ts'
import { type ImageAt, imageAt, siteOf } from './image-at.ts'
import { joinedImagesOf } from './joined-images.ts'
import { KNOWN_PLACES } from './known-places.ts'
import { imagesOfContainers, imagesOfVolumes } from './pods.ts'
import type { ArgumentPlace, ConfigMapPlace, EnvironmentPlace, ImagePlace, ResourcePlace } from './schema.ts'
import { chartOf } from './sources.ts'

/** Images, and findings about images that cannot be read. */
export type Found = readonly (ImageAt | Finding)[]

/** Finds images in pod specs, and in the known and configured places outside them. */
export class Places {
  readonly #arguments: ArgumentPlace[] = []
  readonly #environment: EnvironmentPlace[] = []
  readonly #configMaps: ConfigMapPlace[] = []
  readonly #resources = new Map<string, ResourcePlace[]>(HELM_KINDS.map((type) => [type, []]))

  constructor(configured: Readonly<Record<string, ImagePlace>>) {
    for (const place of [...KNOWN_PLACES, ...Object.values(configured)]) this.#add(place)
  }

  #add(place: ImagePlace): void {
    if ('argument' in place) this.#arguments.push(place)
    else if ('environment' in place) this.#environment.push(place)
    else if ('configMap' in place) this.#configMaps.push(place)
    else this.#resources.set(place.kind, [...(this.#resources.get(place.kind) ?? []), place])
  }

  /** May an item hold an image in one of the places? */
  mayHold(item: TypeMeta & { text: string }): boolean {
    if (isPodOwner(item) || isOciRepository(item) || isHelmRepository(item)) return true
    if (this.#resources.has(typeOf(item))) return true
    return item.kind === 'ConfigMap' && this.#configMaps.some(({ key }) => item.text.includes(key))
  }

  /** The images of an object, each once. `sources` are the sources of charts that do not say so themselves. */
  imagesOf(object: KubernetesObject, sources: ChartSources = new Map()): Found | Promise<Found> {
    const chart = chartOf(object, sources)
    if (chart) return [chart]
    const template = podTemplateOf(object)
    if (template) return this.#imagesOfPod(object, template)
    if (isKind(object, '', 'ConfigMap')) return this.#imagesOfConfigMap(object)
    return onceEach([...this.#imagesOfFields(object), ...joinedImagesOf(object), ...imagesOfHelmValues(object)])
  }

  #imagesOfPod(object: KubernetesObject, template: PodTemplate): Found {
    const containers = containersOf(template)
    return [
      ...imagesOfContainers(template, containers),
      ...imagesOfVolumes(template),
      ...imagesOfFlags(object, containers, { arguments: this.#arguments, environment: this.#environment }),
      ...this.#imagesOfFields(object),
    ]
  }

  async #imagesOfConfigMap(object: KubernetesObject): Promise<Found> {
    return [...this.#imagesOfFields(object), ...(await imagesOfConfigMap(object, this.#configMaps))]
  }

  #imagesOfFields(object: KubernetesObject): ImageAt[] {
    const site = siteOf(object)
    return (this.#resources.get(typeOf(object)) ?? [])
      .filter(({ match }) => match === undefined || matches(match, object))
      .flatMap(({ path, parts }) => pathsOf(object, path).flatMap((at) => imageAt(site, at, parts) ?? []))
  }
}

/** Two places may lead to one field. */
function onceEach(images: readonly ImageAt[]): ImageAt[] {
  const byField = new Map(images.map((image) => [`${formatPath(image.path)} ${image.text}`, image]))
  return [...byField.values()]
}
