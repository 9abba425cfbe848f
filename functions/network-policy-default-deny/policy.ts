import type { Port } from '../lib/flows/port.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import type { Labels } from '../lib/kubernetes/selector.ts'

/** What a policy says, as data that no dialect shapes. */

export type Direction = 'Ingress' | 'Egress'

/** The other end of traffic, by what it is; each dialect writes it differently. */
export type Peer =
  /** Pods of a namespace, or of any; all of them where no labels are given. */
  | { type: 'pods'; namespace: string | undefined; labels: Labels | undefined }
  /** A range of addresses, without some of them. */
  | { type: 'range'; cidr: string; except?: readonly string[] }
  /** A name outside the cluster. */
  | { type: 'host'; host: string }
  /** Pods with hostNetwork: they have the addresses of their nodes. */
  | { type: 'nodes' }
  | { type: 'dns' }
  | { type: 'apiServer' }
  | { type: 'anyone' }

/** A peer and the ports on which it is admitted. */
export interface Admission {
  peer: Peer
  ports: readonly Port[] | 'all'
}

/** Each of the peers on each of the ports. No ports are all ports. */
export interface Rule {
  peers: readonly Peer[]
  ports: readonly Port[]
}

/** A policy. A direction without rules is denied. An absent direction is left to other policies. */
export interface Policy {
  name: string
  /** '' where the workload names none. */
  namespace: string
  /** The pods that it selects; all of the namespace where it is empty. */
  podLabels: Labels
  ingress?: readonly Rule[]
  egress?: readonly Rule[]
  /** Reasons of the exceptions in it. */
  exceptions: readonly string[]
  /** Labels of the object, those of the workload that it is for. */
  labels: Labels
  /** What it comes with, so that Argo CD applies it no later than what it admits: its workload, or else the Namespace. */
  owner: KubernetesObject | undefined
}
