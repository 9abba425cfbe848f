import type { Finding } from '../../lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Member } from '../mesh/member.ts'

/** What an object of a kind must say for a member. */
export interface Wanted {
  member: Member
  /** Its spec without the selector. */
  spec: Fields
  /** The reasons of its exceptions, which become its annotation. */
  reasons: readonly string[]
}

/** The data of a kind of Istio object that selects pods. */
export interface Kind {
  group: string
  kind: string
  apiVersion: string
  /** The path to the labels of its selector. */
  selector: readonly [spec: 'spec', field: string, labels: string]
}

/** A kind of which Istio lets at most one object select a pod. */
export interface PolicyKind<W extends Wanted = Wanted> extends Kind {
  /** Completes an object that a person wrote for these members, and reports where it weakens what they need. */
  complete(existing: KubernetesObject, wanted: readonly W[]): Finding[]
}

/** The objects to generate, and findings about existing ones that were completed instead. */
export interface Placement {
  /** Complete objects, the selector included. */
  generated: KubernetesObject[]
  findings: Finding[]
}

export const joined = (parts: readonly Placement[]): Placement => ({
  generated: parts.flatMap(({ generated }) => generated),
  findings: parts.flatMap(({ findings }) => findings),
})
