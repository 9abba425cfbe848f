import type { ProposedFlow } from './flows.ts'
import type { UnknownContainer } from './read/containers.ts'
import type { OutsidePort } from './read/exposed-services.ts'

/** What a build says about the policy that it needs. */
export interface Found {
  flows: ProposedFlow[]
  /** Images without a digest, and those with placeholders. */
  images: string[]
  /** Namespaces with pods, and without their Namespace object. */
  namespaces: string[]
  /** Containers whose user or files no manifest shows. */
  containers: UnknownContainer[]
  /** Ports of pods that clients without a proxy call. */
  outsidePorts: OutsidePort[]
  /** What a Prometheus that is not in the build scrapes, with what says so. */
  scraped: string[]
  /** What no flow can say. */
  notes: string[]
}
