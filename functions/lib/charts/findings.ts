import { defineFindings } from '../framework/finding.ts'

const RENEW = 'krm-hardening lock --chart'

/** What can be said about HelmReleases and the locks of their charts. */
export const charts = defineFindings('charts', {
  'no-lock': {
    severity: 'error',
    message: (release: string, chart: string, near: string | undefined) =>
      `found no ChartLock for ${release} of ${chart}${near ? `; the nearest is ${near}` : ''}; make one with: ${RENEW} FILE`,
    means: 'The build has a HelmRelease, and no ChartLock says what its chart renders.',
    why: 'Helm renders the chart in the cluster, so its pods would run as the chart has them, with nothing hardened.',
    fix: `Run \`${RENEW} FILE\` on the file of the HelmRelease, review the lock and add it to the resources.`,
  },
  'other-version': {
    severity: 'error',
    message: (locked: string, wanted: string) =>
      `the lock is of version ${locked}, the release installs ${wanted}; renew it with: ${RENEW} FILE`,
    means: 'The chart was updated, its lock was not.',
    why: 'Patches for the old version would fail in helm-controller, or miss containers that are new.',
    fix: `Run \`${RENEW} FILE\` and review what changed.`,
  },
  'other-chart': {
    severity: 'error',
    message: (locked: string, wanted: string) =>
      `the lock is of ${locked}, the release installs ${wanted}; renew it with: ${RENEW} FILE`,
    means: 'The release installs another chart than the one that was locked.',
    why: 'Another chart renders other objects.',
    fix: `Run \`${RENEW} FILE\` and review the lock.`,
  },
  'other-values': {
    severity: 'error',
    message: (keys: readonly string[]) =>
      `the values are not those of the lock${keys.length > 0 ? ` (${keys.join(', ')})` : ''}; renew it with: ${RENEW} FILE`,
    means: 'spec.values of the HelmRelease is not what the lock was made with.',
    why: 'Other values render other objects, and containers that the lock does not know would run unhardened.',
    fix: `Run \`${RENEW} FILE\` and review what changed.`,
  },
  'other-release': {
    severity: 'error',
    message: (locked: string, wanted: string) =>
      `the lock is of release ${locked}, this one is ${wanted}; renew it with: ${RENEW} FILE`,
    means: 'Name or namespace of the Helm release differs from the lock.',
    why: 'Charts build the names of their objects from it, so no patch would find its object.',
    fix: `Run \`${RENEW} FILE\`, or give the release its name back.`,
  },
  'edited-lock': {
    severity: 'error',
    message: () => `its objects are not what its digest says; renew it with: ${RENEW} FILE`,
    means: 'Somebody edited the objects of a ChartLock by hand.',
    why: 'A lock that says something else than the chart renders hardens something else than what runs.',
    fix: `Run \`${RENEW} FILE\`. What a chart shall render differently belongs into its values.`,
  },
  'duplicate-object': {
    severity: 'error',
    message: (id: string) =>
      `its chart renders ${id} twice, and helm-controller cannot post-render that; expected each object once`,
    means: 'A chart renders two objects of one kind, namespace and name.',
    why: 'The post-renderer is a kustomize build, which refuses two objects of one identity, so the release would never install.',
    fix: 'Turn one of them off by values, or have the chart fixed.',
  },
  'edited-entry': {
    severity: 'error',
    message: () =>
      'found an entry that is not what krm-hardening wrote; expected it unchanged: remove it and the annotation krm-hardening.dev/post-renderer, put your own patches into an entry of their own, and render again',
    means: 'Somebody edited the entry of spec.postRenderers that krm-hardening manages.',
    why: 'The next run would overwrite the edit, or leave an entry that nobody made.',
    fix: 'Remove the entry and its annotation. Patches of your own go into another entry, which is left alone.',
  },
  'unresolved-chart': {
    severity: 'error',
    message: (found: string, expected: string) => `found ${found}, expected ${expected}`,
    means: 'What a HelmRelease installs cannot be told from the build.',
    why: 'Without chart and exact version no lock can say what runs.',
    fix: 'Name the source in the same build, or say its url in flux.sources of the policy, and pin the version exactly.',
  },
  'values-from': {
    severity: 'error',
    message: (kind: string, name: string, isLacking: boolean) =>
      isLacking
        ? `takes values from ConfigMap ${name}, which the build does not have; expected it in the build, or the values in spec.values`
        : `takes values from ${kind} ${name}, which no lock can hold; expected plain values in spec.values and secrets through existingSecret, or a reason in flux.valuesFrom`,
    means: 'Values come from a place that the lock cannot see.',
    why: 'They may change what the chart renders.',
    fix: 'Move them into spec.values. For secrets, most charts take the name of an existing Secret. A Secret that changes nothing but its own value can be named in flux.valuesFrom, with the reason.',
  },
  'values-from-allowed': {
    severity: 'info',
    message: (source: string, reason: string) => `takes values from ${source}, which its lock does not know: ${reason}`,
    means: 'An entry of flux.valuesFrom says that these values change nothing that is hardened.',
    why: 'If the reason is wrong, the chart renders what the lock does not hold, and a patch fails or misses it.',
    fix: 'Nothing, as long as the reason holds.',
  },
  'literal-password': {
    severity: 'error',
    message: () => 'found a literal value, expected the name of an existing Secret (most charts have existingSecret)',
    means: 'A password is in the values of a HelmRelease.',
    why: 'Everybody who can read the repository or the artifact has it.',
    fix: 'Put it into a Secret and name that in the values.',
  },
  'literal-password-from': {
    severity: 'error',
    message: (key: string, source: string) =>
      `found a literal value under ${key} in ${source}, expected the name of an existing Secret (most charts have existingSecret)`,
    means: 'A password is in a ConfigMap that a HelmRelease takes values from.',
    why: 'Everybody who can read the repository, the artifact or the ConfigMap has it.',
    fix: 'Put it into a Secret and name that in the values.',
  },
  'hook-not-reached': {
    severity: 'warning',
    message: (hook: string) =>
      `hook ${hook} runs as the chart has it, because helm-controller does not post-render hooks before Flux 2.9; set flux.version to "2.9" if the cluster has it`,
    means: 'A chart runs pods as Helm hooks, and the post-renderer does not see them.',
    why: 'These pods run with whatever the chart gives them. Under an enforced Pod Security level they may not start.',
    fix: 'Update Flux and say so in the policy (`flux: {version: "2.9"}`), or turn the hook off by values.',
  },
  'own-post-renderer': {
    severity: 'warning',
    message: () =>
      'found entries of its own, which helm-controller applies before ours; what they change is in no lock, so nothing here sees it',
    means: 'A HelmRelease has post-renderers of its owner next to the managed one.',
    why: 'A container that such an entry adds runs as it is written there, and a value that it changes makes a patch of ours fail.',
    fix: 'Do by the values of the chart what can be done by them, and harden in the entry what it adds.',
  },
  'crds-not-reached': {
    severity: 'info',
    message: (names: readonly string[]) =>
      `its chart brings ${names.length} CustomResourceDefinition${names.length === 1 ? '' : 's'} in its crds folder, which no post-renderer reaches: ${names.join(', ')}`,
    means: 'A chart has CustomResourceDefinitions in its crds folder.',
    why: 'Helm installs them as they are. A conversion webhook in one of them gets no network policy.',
    fix: 'Nothing, unless one has a conversion webhook: then declare a flow to it.',
  },
  'root-init-container': {
    severity: 'warning',
    message: (container: string, owner: string) =>
      `init container ${container} of ${owner} runs as root to change the owners of files, and no post-renderer can take a container away; turn it off by values, such as initChownData or volumePermissions, and set fsGroup`,
    means: 'An init container of the chart runs as root, or has the capability to change owners.',
    why: 'The pod cannot meet the level restricted, so its namespace cannot enforce it.',
    fix: 'Turn the container off by values. With fsGroup in the policy, the kubelet makes the volume writable instead.',
  },
  unlocked: {
    severity: 'warning',
    message: (reason: string) => `runs as its chart has it: ${reason}`,
    means: 'The policy leaves a HelmRelease out.',
    why: 'Its pods are not hardened.',
    fix: 'Make a lock for it and remove it from flux.unlocked.',
  },
})
