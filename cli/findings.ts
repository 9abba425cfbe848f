import { defineFindings } from '../functions/lib/framework/finding.ts'

/** What the commands find in a rendering or in an environment, beyond what the functions report. */
export const verification = defineFindings('verify', {
  'policy-in-rendering': {
    severity: 'error',
    message: () => 'is a policy, and in the rendering; expected it under transformers, not under resources',
    means: 'The rendering contains an object of krm-hardening.dev.',
    why: 'A policy under resources hardens nothing, and the cluster has no kind for it.',
    fix: 'Move its file from resources to transformers in the kustomization.',
  },
  'function-not-run': {
    severity: 'error',
    message: (annotation: string) =>
      `metadata.annotations[${annotation}]: found in the rendering, so no function ran for it; expected the object under transformers, or without the annotation`,
    means: 'An object of the rendering still has the annotation that names a function.',
    why: 'Kustomize takes the annotation off what it runs, so this function did not run.',
    fix: 'Move the object to transformers, or remove the annotation.',
  },
  'empty-policy': {
    severity: 'error',
    message: () => 'asks for no function, so nothing is proved; expected at least one section in spec',
    means: 'The policy has no section, so no function runs.',
    why: 'Everything would pass.',
    fix: 'Add the sections that shall hold, such as securityContext, to spec.',
  },
  'missing-from-rendering': {
    severity: 'error',
    message: () =>
      'is what the stack builds and is not in the rendering: a layer above the stack removed or renamed it, or the rendering is of another state of the tree',
    means: 'The stack builds an object that the rendering does not contain.',
    why: 'What is verified is then not what is deployed.',
    fix: 'Render again, or remove the patch above the stack that deletes or renames the object.',
  },
  'lock-in-rendering': {
    severity: 'error',
    message: () =>
      'is a lock of a chart, and in the rendering; expected the annotation config.kubernetes.io/local-config: "true", with which Kustomize leaves it out',
    means: 'The rendering contains a ChartLock.',
    why: 'The cluster has no kind for it, so Flux would apply nothing of the whole stack.',
    fix: 'Give the lock the annotation back: `krm-hardening lock --chart` writes it.',
  },
  'file-missing': {
    severity: 'error',
    message: (file: string, stack: string) => `found no ${file}, expected the rendering of ${stack} there`,
    means: 'A stack of the environment has no file in the tree of renderings.',
    why: 'With prune, Flux would delete everything that the stack installed.',
    fix: 'Render the environment again with --output.',
  },
  'file-of-no-stack': {
    severity: 'error',
    message: (file: string) => `found ${file}, expected no file that no stack of the environment makes`,
    means: 'The tree of renderings holds a file of the environment that no stack of it makes.',
    why: 'Flux applies every file in its path, and no policy was asked about this one.',
    fix: 'Remove the file. If it was a stack once, render the environment again with --output, which removes what it made.',
  },
  'no-policy-covers-it': {
    severity: 'error',
    message: () =>
      'is of no stack with a policy, so nothing hardens it; expected a policy among the transformers of its stack',
    means: 'The rendering contains an object with pods that no stack with a policy builds.',
    why: 'Its pods run as they were written.',
    fix: 'Name a policy under transformers of the kustomization that builds the object.',
  },
})

/** What `check` finds in the policies of an environment, and in what they cut off. */
export const environment = defineFindings('check', {
  'flow-written-twice': {
    severity: 'error',
    message: (flow: string, other: string) =>
      `flow ${flow} is written in two ways, here and for ${other}; expected it once, in the policy that all stacks share`,
    means: 'Two stacks declare the same flow with different callers or options.',
    why: 'The caller and the callee then get policies that do not fit together.',
    fix: 'Declare the flow once, in the policy that both stacks include.',
  },
  'uncalled-port': {
    severity: 'warning',
    message: (port: string, keys: readonly string[]) =>
      `port ${port}: nobody may call it; expected a caller under from of flow ${keys.join(' or ')}, or expect: uncalled with a reason there`,
    means: 'No policy of the rendering admits a caller to the pods behind a port of a Service.',
    why: 'If something calls the port, its connections are dropped, although every check of the policy itself passes.',
    fix: 'Declare a flow to the port with its callers, or one with expect: uncalled and the reason why nobody is to call it.',
  },
  'calls-nothing': {
    severity: 'info',
    message: () =>
      'its pods may call nothing but DNS and the mesh; expected a flow with it under from, if it calls anything',
    means: 'The egress of a workload admits DNS and what sidecars call, and nothing else.',
    why: 'If its program calls a database, another service or a host outside the cluster, the connection is dropped.',
    fix: 'Name the workload under from of a flow to what it calls, or do nothing if it calls nothing.',
  },
})
