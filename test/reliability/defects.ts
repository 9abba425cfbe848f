/** A defect that a test, the fuzzer, a mutant or an attack found, and the test that would find it again. */
export interface Defect {
  was: string
  test: string
}

export const DEFECTS: readonly Defect[] = [
  {
    was: 'Whatever carried the annotation `krm-hardening.dev/generated-by` was removed: Services, policies, Namespaces.',
    test: 'test/lib/replace-generated.test.ts',
  },
  { was: 'Pods in a List with a name went through unseen.', test: 'test/lib/resource-list.test.ts' },
  {
    was: 'A placeholder hid a value: `hostNetwork: "${ANY:=true}"`, and images with one.',
    test: 'test/security-context-enforcer/traps.test.ts',
  },
  {
    was: 'A placeholder in place of a kind or a key became what no check had seen: `"${KEY:=hostNetwork}": true`.',
    test: 'test/lib/written-out.test.ts',
  },
  {
    was: 'A label of a Namespace that a placeholder fills in was left as it was, whatever its default.',
    test: 'test/security-context-enforcer/namespaces.test.ts',
  },
  {
    was: 'Behind a carriage return, U+0085, U+2028 or U+2029 in a comment or an unquoted value, Kubernetes read fields, kinds and objects that no function saw.',
    test: 'test/lib/line-breaks.test.ts',
  },
  {
    was: 'Lines in strings of a flow or a block were taken for the kind of the object.',
    test: 'test/lib/item-text.test.ts',
  },
  {
    was: 'A merge key in what looked like an item of Kustomize brought in fields for Kubernetes alone.',
    test: 'test/lib/line-breaks.test.ts',
  },
  {
    was: 'Strings such as `0x…` beyond 64 bits, `1e400`, `<<`, or with U+2028, came out of a build as something else, or stopped it.',
    test: 'test/cli/strings.test.ts',
  },
  {
    was: 'New strings with U+0085 were written raw, which Go reads as a space.',
    test: 'test/lib/line-breaks.test.ts',
  },
  {
    was: 'With `namespace:` in a kustomization, the brokers of Kafka were counted twice.',
    test: 'test/replication-factor/references.test.ts',
  },
  {
    was: 'Two Namespaces of one name were two objects if one named a namespace.',
    test: 'test/lib/identity.test.ts',
  },
  { was: 'Where Kustomize printed nothing and exited 0, `render` did too.', test: 'test/cli/findings.test.ts' },
  {
    was: '`lock` on a full disk cut off the policy, and `init` left half a folder.',
    test: 'test/e2e/cli/faults.test.ts',
  },
  {
    was: '`init` called a read-only disk a missing folder.',
    test: 'test/e2e/cli/faults.test.ts',
  },
  {
    was: 'The functions printed a trace of Node where their reader went away or stdout was full.',
    test: 'test/e2e/cli/faults.test.ts',
  },
  { was: '`init` wrote a namespace with a line break into the policy.', test: 'test/cli/files.test.ts' },
  {
    was: '`init` wrote control characters of names into its policy as they were, which Kustomize does not read.',
    test: 'test/properties/written-policy.test.ts',
  },
  {
    was: 'Pods with `generateName` in the `items` of any kind but a list, and in the `items` of a Pod, went through unseen, although kubectl applies them.',
    test: 'test/properties/attacks.test.ts',
  },
  {
    was: 'A placeholder that an annotation opened and an argument ended took in the securityContext between them, where Flux substitutes.',
    test: 'test/properties/attacks.test.ts',
  },
  {
    was: 'A password without quotes that begins with `*` or `|` was printed with the error about the YAML that it breaks.',
    test: 'test/properties/attacks.test.ts',
  },
  {
    was: '`init` wrote a name without the byte order mark that it begins with, and so another name.',
    test: 'test/properties/written-policy.test.ts',
  },
  {
    was: '`verify` called a stack of an environment hardened that builds no objects.',
    test: 'test/cli/findings.test.ts',
  },
  {
    was: '`render` left a stack that builds no objects out of an environment without a word.',
    test: 'test/cli/findings.test.ts',
  },
  {
    was: 'Workloads, Ingresses and NetworkPolicies of the group `extensions`, and the backends of an Ingress of v1beta1, went through unseen.',
    test: 'test/lib/identity.test.ts',
  },
  {
    was: 'A comment above the first item of an indented list, and one below the last, were lost.',
    test: 'test/lib/normalise.test.ts',
  },
  {
    was: 'A map in place of the items was called no ResourceList, without a word about the items.',
    test: 'test/lib/resource-list.test.ts',
  },
  {
    was: 'The first key of a map on one line hid its password in the ConfigMap of a chart: `auth: {password: …}`.',
    test: 'test/lib/chart-parts.test.ts',
  },
  {
    was: 'What is generated for workloads of several sync waves came after those without a wave, which Argo CD applies first.',
    test: 'test/lib/framework.test.ts',
  },
  {
    was: 'Items that hold no object, such as null, were an answer.',
    test: 'test/lib/resource-list.test.ts',
  },
  {
    was: 'The audit of images took the port of a source registry for a tag, and missed its images.',
    test: 'test/image-mirror-digest/audit.test.ts',
  },
  {
    was: 'Istio and network policy together took time with the square of the workloads of one namespace.',
    test: 'test/network-policy-default-deny/open-egress.test.ts',
  },
  { was: 'A mistyped `env` was printed with its value.', test: 'test/lib/well-typed.test.ts' },
  {
    was: 'Some hundred thousand findings, or comments, ended in a bug or took minutes.',
    test: 'test/lib/hostile-input.test.ts',
  },
  {
    was: 'A map or null where a reference, a selector or a list has text or items ended in a bug, in HelmReleases, bindings, routes, Gateways, ServiceEntries and monitors.',
    test: 'test/lib/hostile-input.test.ts',
  },
  {
    was: 'As a function, `flux-conventions` missed what a ResourceSet or an ArtifactGenerator of the build makes, because it was not shown them.',
    test: 'test/flux-conventions/advice.test.ts',
  },
  {
    was: 'Flows from many callers to many callees gave output that grew with the square of the workloads: 81 MB for 800.',
    test: 'test/network-policy-default-deny/together.test.ts',
  },
  {
    was: 'A text of several lines that ends with U+2028 was refused by a line of the input, and not by object and field.',
    test: 'test/lib/line-breaks.test.ts',
  },
  {
    was: 'The audit of images printed values of variables, arguments and annotations that look like images.',
    test: 'test/image-mirror-digest/hostile-input.test.ts',
  },
]
