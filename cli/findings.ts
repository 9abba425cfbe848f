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
  'rendered-twice': {
    severity: 'error',
    message: (one: string, other: string) => `is rendered by both ${one} and ${other}; expected it in one of them`,
    means: 'Two stacks of an environment render one object.',
    why: 'Two Kustomizations of Flux then apply it in turn, each its own way, and the one that loses it deletes it for the other.',
    fix: 'Leave the object to one of the stacks, and let the other depend on that.',
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
  'blocked-flow': {
    severity: 'error',
    message: (flow: string, direction: string, port: string, callee: string, key: string) =>
      `flow ${flow}: its ${direction} does not admit port ${port} of ${callee}, where the flow leads; expected the flow as ${key}, by the port on the pods, or with it as podPort, in the policy of both builds`,
    means: 'A flow is declared, and the policies of one of its ends do not admit it.',
    why: 'The builds of caller and callee write one end each. A build that lacks the Service of the callee cannot translate its port, and the call is dropped.',
    fix: 'Write the port of the pods in the key of the flow or as its podPort, and let all stacks share the policy that has it.',
  },
  'selected-twice': {
    severity: 'error',
    message: (kinds: string, other: string) =>
      `its ${kinds} also select the pods of ${other}, which has its own; expected a label that tells them apart, such as app.kubernetes.io/instance, in spec.selector and on the pods of both`,
    means: 'Objects that were generated for one workload select the pods of another, which another build deploys.',
    why: 'Istio takes either of two objects for a pod, network policies add up, and two budgets let no pod go.',
    fix: 'Give both workloads a label of their own in spec.selector.matchLabels and on their pods; what is generated selects by it.',
  },
  'registered-twice': {
    severity: 'error',
    message: (host: string, other: string, ports: readonly number[]) =>
      `registers ${host} like ${other}; expected one ServiceEntry of the host in a namespace: set istio.serviceEntries["${host}"]: off in the policy of one build, and let the other have ports ${ports.join(', ')}`,
    means: 'Two builds register one host outside the cluster in one namespace.',
    why: 'Istio takes the ports of one of the two ServiceEntries, so calls to the other ports fail.',
    fix: 'Switch the ServiceEntry off in one of the builds by istio.serviceEntries, and name every port of the host in flows of the other.',
  },
  'uncalled-port': {
    severity: 'warning',
    message: (port: string, keys: readonly string[]) =>
      `port ${port}: nobody may call it; expected a caller under from of flow ${keys.join(' or ')}, or expect: uncalled with a reason there`,
    means: 'No policy of the rendering admits a caller to the pods behind a port of a Service.',
    why: 'If something calls the port, its connections are dropped, although every check of the policy itself passes.',
    fix: 'Declare a flow to the port with its callers, or one with expect: uncalled and the reason why nobody is to call it.',
  },
  'uncalled-scrape': {
    severity: 'warning',
    message: (port: number, source: string) =>
      `${source} asks for a scrape of port ${port}, and nobody may call it; expected scrape: {namespace, labels} of the Prometheus under networkPolicy, or a flow from it`,
    means:
      'Annotations or a monitor ask for a scrape of pods, and no policy of the rendering admits anyone to the port.',
    why: 'The scrape is dropped, so the metrics are missing.',
    fix: 'Say under scrape of networkPolicy in which namespace Prometheus runs and which labels it has, or declare a flow from it to the port.',
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

/** What `check` finds in the source tree of an environment: what no rendering shows, or what only a person can fill in. */
export const sourceTree = defineFindings('check', {
  'unreadable-marker': {
    severity: 'error',
    message: (file: string, found: string) =>
      `${file}: found the marker ${found}, expected # {"$imagepolicy": "NAMESPACE:NAME"}, with :tag or :name behind it for a part of the image`,
    means: 'A comment looks like a marker of Flux and is none.',
    why: 'Image automation passes over it in silence, so the version stays for ever.',
    fix: 'Write the marker as JSON behind the value: `# {"$imagepolicy": "infra:cert-manager:tag"}`.',
  },
  'no-such-image-policy': {
    severity: 'error',
    message: (file: string, policy: string, nearest: string) =>
      `${file}: its marker names ImagePolicy ${policy}, which this tree does not have${nearest}`,
    means: 'The marker of a version names an ImagePolicy that is not in the tree.',
    why: 'Image automation passes over it, so the version stays for ever.',
    fix: 'Correct namespace and name in the marker, or add the ImagePolicy.',
  },
  'outside-of-policy': {
    severity: 'error',
    message: (file: string, tag: string, policy: string, range: string) =>
      `${file}: found ${tag}, which is outside of ${range}, the range of ImagePolicy ${policy}`,
    means: 'A version is not one that its ImagePolicy would choose.',
    why: 'The next run of image automation replaces it by another, perhaps an older one.',
    fix: 'Correct the version, or the range of the policy.',
  },
  'policy-of-another-image': {
    severity: 'error',
    message: (file: string, image: string, policy: string, found: string) =>
      `${file}: it is of ${image}, and ImagePolicy ${policy} watches ${found}`,
    means: 'The marker of a version names the policy of another chart or image.',
    why: 'Image automation would write a version there that this one does not have.',
    fix: 'Name the policy of this chart in the marker, or correct spec.image of the ImageRepository.',
  },
  'unmarked-version': {
    severity: 'warning',
    message: (file: string, policy: string) =>
      `${file}: has no marker, and ImagePolicy ${policy} watches its image; expected # {"$imagepolicy": "${policy}:tag"} behind the tag`,
    means: 'A policy watches a chart, and nothing says where its version goes.',
    why: 'No pull request ever updates it.',
    fix: 'Add the marker behind the tag, or remove the policy.',
  },
  'unreadable-dashboard': {
    severity: 'error',
    message: (why: string) => `is no JSON: ${why}`,
    means: 'A Grafana dashboard cannot be parsed.',
    why: 'Grafana leaves it out, and says so in its log alone.',
    fix: 'Export the dashboard again, or correct its JSON.',
  },
  'dashboard-uid': {
    severity: 'error',
    message: (found: string) => `found ${found}, expected a uid of its own`,
    means: 'A Grafana dashboard has no uid, or the one of another dashboard.',
    why: 'Of two dashboards with one uid Grafana shows either; without one its address changes.',
    fix: 'Give each dashboard a uid of its own.',
  },
  'fixed-datasource': {
    severity: 'error',
    message: (found: string) =>
      `found ${found}, expected a variable of type datasource that templating declares, such as \${datasource}`,
    means: 'A dashboard names a data source of one Grafana.',
    why: 'In any other Grafana its panels are empty. Variables of __inputs are filled in only when a person imports it.',
    fix: 'Add a variable of type datasource under templating, and name it in every panel.',
  },
  'substituted-dashboard': {
    severity: 'warning',
    message: () =>
      'has variables such as ${datasource}, which postBuild of a Flux Kustomization replaces by nothing; expected the annotation kustomize.toolkit.fluxcd.io/substitute: disabled',
    means: 'The variables of a dashboard are written like those of Flux.',
    why: 'A Flux Kustomization with postBuild replaces them by nothing, and its panels stay empty.',
    fix: 'Annotate the ConfigMap with `kustomize.toolkit.fluxcd.io/substitute: disabled`.',
  },
  'missing-key': {
    severity: 'warning',
    message: (key: string, source: string, nearest: string) =>
      `found no key ${key} in ${source}${nearest}; correct the key, add it there, or set optional: true`,
    means: 'A pod takes a key from a ConfigMap or Secret of the rendering, which does not have it.',
    why: 'The kubelet does not start the container, or mounts an empty folder in the place of the file, unless something adds the key in the cluster.',
    fix: 'Correct the key, or add it to the ConfigMap or Secret. Set optional: true if the program can do without.',
  },
  placeholder: {
    severity: 'warning',
    message: (found: string) => `found ${found}, expected your own value`,
    means: 'A value is still the placeholder that somebody shall replace.',
    why: 'An ACME server, for one, refuses an account with an address of example.com, so there are no certificates.',
    fix: 'Fill in your own value.',
  },
  'placeholder-digest': {
    severity: 'warning',
    message: (images: string) => `found digests of zeros, expected those of a registry: ${images}`,
    means: 'Images are pinned to a digest that nobody has asked a registry for.',
    why: 'They cannot be pulled.',
    fix: 'Run `krm-hardening lock` on the file with `images.digests`.',
  },
  'not-pushed': {
    severity: 'error',
    message: (workflow: string, component: string, found: string) =>
      `${workflow}: its matrix has ${found}, and not ${component}, a component of this environment`,
    means: 'The workflow that publishes components leaves one out.',
    why: 'Flux goes on with what was pushed last, or finds nothing.',
    fix: 'Add the component to matrix.component of the workflow.',
  },
  'unknown-component': {
    severity: 'error',
    message: (workflow: string, component: string, nearest: string) =>
      `${workflow}: its matrix has ${component}, which is a component of no environment${nearest}`,
    means: 'The workflow that publishes components names one that is not there.',
    why: 'Its job fails at every push, or publishes nothing.',
    fix: 'Remove it from matrix.component of the workflow, or correct its name.',
  },
  'release-tag': {
    severity: 'error',
    message: (workflow: string, found: string) =>
      `${workflow}: runs for tags ${found}, expected COMPONENT/v[0-9]+.[0-9]+.[0-9]+, or */ in front for all components`,
    means: 'The workflow that releases components runs for tags that are no release of one.',
    why: 'A wrong tag would be released under a version that says nothing.',
    fix: 'Write the pattern as `"*/v[0-9]+.[0-9]+.[0-9]+"` under on.push.tags.',
  },
})
