import { describeMistyped } from '../kubernetes/type-check.ts'
import { defineFindings } from './finding.ts'

/** What is said about a policy, the functionConfig, before any function runs. `where` is its kind and the section. */
export const policy = defineFindings('policy', {
  missing: {
    severity: 'error',
    message: (apiVersion: string, kinds: string) =>
      `functionConfig: expected an object of ${apiVersion}, kind ${kinds}; found none`,
    means: 'The ResourceList has no functionConfig, so there is no policy to apply.',
    why: 'Nothing would be hardened, so nothing is printed and the build fails.',
    fix: 'Pass the policy as functionConfig. Kustomize does so for every file under `transformers:`.',
  },
  'unknown-kind': {
    severity: 'error',
    message: (found: string, meant: string, apiVersion: string, kinds: string) =>
      `functionConfig: found ${found}${meant}, expected ${apiVersion} and one of the kinds ${kinds}`,
    means: 'The functionConfig is of a kind or version that this catalogue does not have.',
    why: 'No function would run for it.',
    fix: 'Write the apiVersion and one of the kinds that the message lists.',
  },
  'flows-in-section': {
    severity: 'error',
    message: (section: string, key: string) =>
      `Hardening: spec.${section}.${key}: found ${key} in a section, expected them in spec.${key}, where every section sees the same`,
    means:
      'Flows, the pods of other repositories that they name, or gateways are declared in one section of a Hardening.',
    why: 'The other sections would not know this traffic and would block it.',
    fix: 'Move them to spec.flows, spec.elsewhere or spec.gateways.',
  },
  'shared-twice': {
    severity: 'error',
    message: (kind: string, key: string) =>
      `${kind}: spec.${key}: found ${key} next to spec.hardening, expected them in spec.hardening.${key}, where those of the layers below are`,
    means:
      'A layer writes flows, elsewhere, gateways or flux into a single kind that components/single-functions made.',
    why: 'They would replace what the layers below say for every function.',
    fix: 'Patch spec.hardening of the single kind, or the Hardening before the component splits it.',
  },
  'unknown-field': {
    severity: 'error',
    message: (at: string, meant: string, known: string) => `${at}: unknown key${meant}; expected one of ${known}`,
    means: 'The policy has a key that its schema does not know.',
    why: 'A setting that is never read would look as if it were in force.',
    fix: 'Correct the key, or remove it. The README of the function lists its settings.',
  },
  'wrong-value': {
    severity: 'error',
    message: (at: string, expected: string, found: string) => `${at}: expected ${expected}, found ${found}`,
    means: 'A value of the policy has another type than its schema has, or is outside of what the schema allows.',
    why: 'No setting is guessed: a wrong guess would weaken what the policy is for.',
    fix: 'Write a value as the message says. The README of the function describes each setting.',
  },
  'wrong-key': {
    severity: 'error',
    message: (at: string, expected: string, found: string) => `${at}: expected ${expected} as key, found ${found}`,
    means: 'A key of a map of the policy does not have the form that keys of this map have.',
    why: 'The entry could name nothing.',
    fix: 'Write the key in the form that the message shows.',
  },
})

/** Findings about the objects of the build, reported by the runner and by what all functions share. */
export const objects = defineFindings('objects', {
  changed: {
    severity: 'info',
    message: (count: string) => `changed ${count}`,
    means: 'A function changed this many objects of each kind.',
    why: 'It is what hardening does; `krm-hardening render --diff` shows each change.',
    fix: 'Nothing.',
  },
  generated: {
    severity: 'info',
    message: (count: string) => `generated ${count}`,
    means: 'A function added this many objects of each kind. Each has the annotation krm-hardening.dev/generated-by.',
    why: 'They are part of the build from now on, and are applied with it.',
    fix: 'Nothing.',
  },
  removed: {
    severity: 'info',
    message: () => 'removed: an earlier run generated it and nothing asks for it any more',
    means: 'The input had an object that an earlier run generated, and the policy no longer asks for it.',
    why: 'It would have stayed for ever.',
    fix: 'Nothing.',
  },
  replaced: {
    severity: 'warning',
    message: () => 'carries the mark of a generated object, with content that no run generated; it was made again',
    means: 'A generated object was edited after it was generated, or an earlier version generated it.',
    why: 'Its content is what the policy says again; the edit is gone.',
    fix: 'Change the policy in place of the object. To keep an object by hand, give it another name and remove the mark.',
  },
  'false-mark': {
    severity: 'error',
    message: (by: string, mark: string) =>
      `carries the annotation ${mark}: ${by}, which generates no object of this kind; remove the annotation`,
    means: 'An object carries the mark of a function that never generates objects of its kind.',
    why: 'Generated objects that nothing asks for are removed; this one would be lost.',
    fix: 'Remove the annotation from the object, or from the commonAnnotations that put it there.',
  },
  'unproven-mark': {
    severity: 'error',
    message: (by: string, mark: string) =>
      `carries the annotation ${mark}: ${by}; nothing asks for it, and its content is not what was generated: remove the object, or the annotation to keep it`,
    means:
      'An object carries the mark of a generated object, the policy does not ask for it, and its content was edited.',
    why: 'It may be something that a person wrote, so it is not removed by itself.',
    fix: 'Delete the object, or remove the annotation to keep it as your own.',
  },
  'nothing-left': {
    severity: 'error',
    message: () =>
      'no object would be left; an empty answer would erase the build, so none is given; expected an object among the items that stays',
    means:
      'All objects of the input were generated by an earlier run, and nothing asks for them any more. Or its items are only null, empty maps and empty lists.',
    why: 'Kustomize would take an empty answer for an empty build.',
    fix: 'Run the functions on the manifests, not on what they generated alone.',
  },
  'would-change': {
    severity: 'error',
    message: (before: string, after: string) => `found ${before}, expected ${after}`,
    means: 'In mode validate: a function would change this field.',
    why: 'The object is not hardened as the policy says.',
    fix: 'Run the function in mode mutate before this check, or write the expected value.',
  },
  'would-generate': {
    severity: 'error',
    message: () => 'is not in the build; expected it, as mode: mutate would generate it',
    means: 'In mode validate: a function would add this object.',
    why: 'What the object protects is not protected.',
    fix: 'Run the function in mode mutate before this check.',
  },
  'would-remove': {
    severity: 'error',
    message: () => 'is in the build and nothing asks for it; mode: mutate would remove it',
    means: 'In mode validate: an earlier run generated this object, and nothing asks for it any more.',
    why: 'It may admit what the policy no longer admits.',
    fix: 'Run the function in mode mutate before this check, or delete the object.',
  },
  mistyped: {
    severity: 'error',
    message: describeMistyped,
    means: 'A field has another type than the Kubernetes API has for it.',
    why: 'The API server refuses the object, and a function would misread it.',
    fix: 'Correct the value in the manifest. A number or boolean in quotes is a string.',
  },
  placeholder: {
    severity: 'error',
    message: () =>
      'found a placeholder in place of a name, expected the name, because a substitution could turn it into what no function has judged',
    means: 'The apiVersion or kind of an object, or a key of an object that has pods, contains `${…}`.',
    why: 'Flux substitutes keys too: the pods could get a field, or the object a kind, that was never checked.',
    fix: 'Write the name itself. A placeholder may be a value.',
  },
  'open-placeholder': {
    severity: 'error',
    message: () =>
      'found ${ without a } behind it in the same text; close it, or write $${ for what is meant as text, because a substitution ends at the next } in the object, and all fields up to there are gone',
    means: 'A text in an object that has pods, or in a Namespace, opens a placeholder and does not close it.',
    why: 'Flux substitutes in the text of the whole manifest: the placeholder would take in the fields behind it, such as a securityContext.',
    fix: 'Close the placeholder in the same value. Text that is meant so is written with two dollar signs.',
  },
  'two-readings': {
    severity: 'error',
    message: (what: string) =>
      `${what}: items: found a list in an object that has pods itself; write a List of objects, because kubectl applies the members and the API server the object`,
    means: 'An object of a kind that has pods also has a list of objects in `items`.',
    why: 'Two programs read two different objects from it, and the functions could harden only one.',
    fix: 'Write the members as objects of their own, or as a List.',
  },
  repeated: {
    severity: 'error',
    message: () => 'is in the build twice; remove one of the two objects',
    means: 'Two objects of the build have the same group, kind, namespace and name.',
    why: 'A cluster stores one of them, and the order of the files would decide which.',
    fix: 'Remove one of the two, or give it another name or namespace.',
  },
  'not-an-object': {
    severity: 'error',
    message: (where: string, found: string) => `${where}: found ${found}, expected an object of the API`,
    means: 'An item of the input is not a map.',
    why: 'It cannot be a Kubernetes object, so it would pass through unhardened.',
    fix: 'Remove the item, or correct the file that it comes from.',
  },
  'wrong-identity': {
    severity: 'error',
    message: (what: string, field: string, found: string, expected: string) =>
      `${what}: ${field}: found ${found}, expected ${expected}, or the API refuses it`,
    means: 'The apiVersion, kind or metadata.name of an object is missing or has the wrong type.',
    why: 'No function can tell what the object is, so it would pass through unhardened.',
    fix: 'Write the field.',
  },
  'no-name': {
    severity: 'error',
    message: (what: string, found: string, fix: string) =>
      `${what}: metadata.name: found ${found}, expected a name that every apply keeps, because no policy can name its pods without one; ${fix}`,
    means: 'An object that runs pods has no metadata.name.',
    why: 'No policy could name it, and no generated object could be called after it.',
    fix: 'Write metadata.name, in place of generateName too: what is applied by GitOps needs a name that stays.',
  },
})
