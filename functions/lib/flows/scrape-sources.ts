import type { Shared } from '../framework/shared.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'

const KEY = Symbol('scrape-sources')

/** Workloads whose annotations for Prometheus a function of this run wrote, each with what a person wrote instead. */
export const scrapeSources = (shared: Shared): Map<KubernetesObject, string> => shared.get(KEY, () => new Map())
