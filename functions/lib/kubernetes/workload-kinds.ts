import { type TypeMeta, typeOf } from './objects.ts'
import { LABEL_SELECTOR } from './selector.ts'
import type { Shape } from './type-check.ts'

/** What functions know about one kind of object that has pods. */
export interface WorkloadKind {
  /** Path of the pod template in the object; [] where the object is the pod. */
  readonly template: readonly string[]
  /** It only holds a template for others to use: there are no pods of it. */
  readonly templateOnly?: true
  /** Its pods run to completion: it gets no disruption budget, no spread and no mesh objects of its own. */
  readonly batch?: true
  /** It keeps `spec.replicas` pods running, revision by revision: it is scaled, spread and gets a disruption budget. */
  readonly replicated?: {
    /** The label by which its controller tells the pods of its revisions apart. */
    readonly revisionLabel: string
  }
  /**
   * Its controller, or the one that the controller makes, has a scale: the disruption controller can tell how many pods
   * there should be. See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
   */
  readonly scale?: true
  /** Path of a reference to the workload whose pod template it may use in place of its own. */
  readonly reference?: readonly string[]
  /** Keys of labels that controllers give to its pods, the one that other kinds lack first; no manifest shows them. */
  readonly controllerLabels?: readonly string[]
  /** Its pods have names that stay: `<name>-<ordinal>`. */
  readonly ordinals?: true
  /** The fields that functions read, except metadata and pod template. */
  readonly fields?: Shape
}

const IN_SPEC = ['spec', 'template'] as const
/** Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label: each pod of a StatefulSet carries its name. */
export const POD_NAME = 'statefulset.kubernetes.io/pod-name'

/** Source: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const JOB_LABELS = ['job-name', 'batch.kubernetes.io/job-name', 'controller-uid', 'batch.kubernetes.io/controller-uid']
const REPLICAS: Shape = { spec: { replicas: 'count', selector: LABEL_SELECTOR } }

/**
 * Every kind that has pods, by group and kind. A new kind is one row here. The group counts: a foreign kind that is called
 * Job is not a Job.
 */
const WORKLOAD_KINDS: Readonly<Record<string, WorkloadKind>> = {
  '/Pod': { template: [] },
  '/PodTemplate': { template: ['template'], templateOnly: true },
  '/ReplicationController': { template: IN_SPEC, scale: true },
  'apps/Deployment': {
    template: IN_SPEC,
    scale: true,
    replicated: { revisionLabel: 'pod-template-hash' },
    controllerLabels: ['pod-template-hash'],
    fields: REPLICAS,
  },
  'apps/StatefulSet': {
    template: IN_SPEC,
    scale: true,
    replicated: { revisionLabel: 'controller-revision-hash' },
    controllerLabels: [POD_NAME, 'apps.kubernetes.io/pod-index', 'controller-revision-hash'],
    ordinals: true,
    fields: {
      spec: { replicas: 'count', selector: LABEL_SELECTOR, serviceName: 'string', ordinals: { start: 'count' } },
    },
  },
  'apps/DaemonSet': {
    template: IN_SPEC,
    controllerLabels: ['pod-template-generation', 'controller-revision-hash'],
    fields: { spec: { selector: LABEL_SELECTOR } },
  },
  'apps/ReplicaSet': { template: IN_SPEC, scale: true, fields: REPLICAS },
  'batch/Job': { template: IN_SPEC, batch: true, controllerLabels: JOB_LABELS },
  'batch/CronJob': { template: ['spec', 'jobTemplate', ...IN_SPEC], batch: true, controllerLabels: JOB_LABELS },
  'keda.sh/ScaledJob': {
    template: ['spec', 'jobTargetRef', 'template'],
    batch: true,
    controllerLabels: JOB_LABELS,
  },
  'apps.openshift.io/DeploymentConfig': { template: IN_SPEC, scale: true, fields: { spec: { replicas: 'count' } } },
  'serving.knative.dev/Service': { template: IN_SPEC, scale: true },
  'argoproj.io/Rollout': {
    template: IN_SPEC,
    reference: ['spec', 'workloadRef'],
    scale: true,
    replicated: { revisionLabel: 'rollouts-pod-template-hash' },
    controllerLabels: ['rollouts-pod-template-hash'],
    fields: {
      spec: { replicas: 'count', selector: LABEL_SELECTOR, workloadRef: { kind: 'string', name: 'string' } },
    },
  },
}

/** What is known about the kind of an object; undefined for a kind without pods. */
export const workloadKindOf = (type: TypeMeta): WorkloadKind | undefined => WORKLOAD_KINDS[typeOf(type)]

/** Keys of the labels that the controller of an object gives to its pods. */
export const controllerLabelsOf = (type: TypeMeta): readonly string[] => workloadKindOf(type)?.controllerLabels ?? []

const CONTROLLER_LABELS = new Set(
  Object.values(WORKLOAD_KINDS).flatMap(({ controllerLabels = [] }) => controllerLabels),
)

/** Does a controller give this label to pods? */
export const isControllerLabel = (key: string): boolean => CONTROLLER_LABELS.has(key)

/** The types that have pods, as `group/Kind`. */
export const workloadTypes: readonly string[] = Object.keys(WORKLOAD_KINDS)
