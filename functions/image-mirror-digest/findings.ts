import { type Details, defineFindings, type Finding } from '../lib/framework/finding.ts'
import { NAME } from './name.ts'

/** Makes the finding that says what is wrong, for the place where it was found. */
export type Problem = (details: Details) => Finding

const NOT_MIRRORED = 'Nodes pull the image from a registry that you do not control, if they can reach it at all.'
const NOT_PINNED = 'The registry decides what runs, and may decide otherwise the next time a node pulls the tag.'

/** Enough of a text to recognise it. */
const shortened = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

/** Everything that image-mirror-digest reports. */
export const findings = defineFindings(NAME, {
  mirrored: {
    severity: 'info',
    message: (source: string, target: string) => `${source} is mirrored as ${target}`,
    means: 'An image of the build is pulled from the mirror. Tags of the finding hold source, target and digest.',
    why: 'A mirror job has to copy the image before a node can pull it.',
    fix: 'Nothing. A job that copies images can read this list from the results.',
  },
  'runs-by-tag': {
    severity: 'info',
    message: (image: string, reason: string) => `${image} runs by its tag: ${reason}`,
    means: 'An entry of allowTag permits this image, or the charts of this repository, to run without a digest.',
    why: NOT_PINNED,
    fix: 'Nothing, as long as the reason holds. Pin the image in digests and remove the entry when it no longer does.',
  },
  'placeholder-allowed': {
    severity: 'info',
    message: (text: string, reason: string) => `found ${text}, which is filled in later: ${reason}`,
    means: 'An entry of allowTag permits this image to contain a placeholder. A default in it is mirrored and pinned.',
    why: 'Whoever fills in the placeholder decides what runs.',
    fix: 'Nothing, as long as the reason holds.',
  },
  'left-to-istio': {
    severity: 'info',
    message: () =>
      'left to the injector of Istio, which puts its own image here; mirror and pin that in its configuration',
    means: 'The container istio-proxy has the image auto, which Istio replaces when the pod is created.',
    why: 'The image comes from the configuration of Istio, which is not part of this build.',
    fix: 'Mirror and pin the proxy image in the configuration of Istio.',
  },
  'invalid-reference': {
    severity: 'error',
    message: (text: string | undefined, problem: string) =>
      text === undefined
        ? 'found a value that is not an image reference; expected an image such as quay.io/coreos/etcd:v3.5.21'
        : `found ${shortened(JSON.stringify(text))}: ${shortened(problem)}; expected an image such as quay.io/coreos/etcd:v3.5.21`,
    means: 'The text is not an image reference. Names are lower case and have at most 255 characters.',
    why: 'A node cannot pull it, so the container never starts.',
    fix: 'Correct the reference in the manifest.',
  },
  placeholder: {
    severity: 'error',
    message: (text: string) =>
      `found ${shortened(text)}, which is filled in later, so it can be neither mirrored nor pinned; write the image out, or permit it by allowTag: {${shortened(JSON.stringify(text))}: {reason: …}}`,
    means:
      'The image contains a placeholder: $(NAME), or a name in braces after a dollar sign, with or without a default.',
    why: 'Whoever fills it in decides what runs, past mirror and lock.',
    fix: 'Write the image out, or name the text in allowTag with a reason. A default must pass like a written image.',
  },
  'missing-digest': {
    severity: 'error',
    message: (image: string, meant: string) =>
      `found ${image} without a digest; expected an entry for it in digests${meant}, or one in allowTag with a reason`,
    means: 'Neither the manifest nor the lock has a digest for the image.',
    why: NOT_PINNED,
    fix: 'Add the image to digests, for which krm-hardening lock asks the registry, or to allowTag with a reason.',
  },
  'digest-mismatch': {
    severity: 'error',
    message: (digest: string, image: string, entries: readonly string[]) =>
      `found the digest ${digest} for ${image}, but digests has ${entries.join(', ')}; bring the lock up to date, or remove the digest from the manifest`,
    means: 'The manifest, or a rendering that was pinned earlier, has another digest than the lock.',
    why: 'One of the two is out of date, and nothing says which.',
    fix: 'Bring the one that is out of date up to date.',
  },
  'invalid-mirror-name': {
    severity: 'error',
    message: (source: string, target: string, problem: string) =>
      `found ${source}, which would be mirrored as ${target}: ${problem}; add the prefix ${source.split('/')[0]} to mirrors, with a target that can carry it`,
    means: 'The name under the mirror is not valid: it is too long, or has a port in its path.',
    why: 'No registry can store the image under that name.',
    fix: 'Add a prefix for that registry to mirrors.',
  },
  'shared-mirror-name': {
    severity: 'error',
    message: (source: string, target: string, other: string) =>
      `found ${source}, which would be mirrored as ${target}, where ${other} goes too; give one of their prefixes in mirrors a target of its own`,
    means: 'Two prefixes in mirrors have one target, so two different images would have one name.',
    why: 'One image would overwrite the other, and run in its place.',
    fix: 'Give one of the prefixes another target.',
  },
  'no-field-for-digest': {
    severity: 'error',
    message: (digest: string, tag: string, repository: string) =>
      `found no field for the digest ${digest}; expected ${tag} next to ${repository}`,
    means: 'Repository and tag are separate fields here, and neither a tag nor a digest is set.',
    why: NOT_PINNED,
    fix: 'Set the tag. In Helm values, set an empty digest instead if the chart has a field for it.',
  },
  'placeholder-in-parts': {
    severity: 'error',
    message: (text: string) => `found ${text}; expected a field in which the image is written as one text`,
    means: 'The default of a placeholder has to be mirrored or pinned, but the image is spread over several fields.',
    why: 'The default would run past mirror and lock.',
    fix: 'Write the image out, or write the mirrored and pinned image as the default.',
  },
  'unreadable-text': {
    severity: 'error',
    message: (problem: string) => problem,
    means: 'The text in a ConfigMap is not one YAML document, or its image cannot be changed on its own.',
    why: 'The images in it stay as they are, neither mirrored nor pinned.',
    fix: 'Correct the text. If an anchor shares the value with another place, write the value out in both.',
  },
  'chart-not-pinned': {
    severity: 'error',
    message: (found: string) => `found ${found}, expected tag with one exact version, such as tag: 1.2.3`,
    means: 'An OCIRepository follows a range of versions of a chart, or the newest one.',
    why: 'The registry decides which chart is installed, and its digest cannot be known.',
    fix: 'Name one version in spec.ref.tag. Flux or Renovate can propose the next one as a change to review.',
  },
  'chart-digest': {
    severity: 'error',
    message: (written: string, locked: string) =>
      `found ${written}, but the ChartLock was made from ${locked}; remove the digest, or renew the lock with: krm-hardening lock --chart FILE`,
    means: 'The digest of a chart is not the digest that its ChartLock was made from.',
    why: 'The chart that is installed may render other objects than the lock holds.',
    fix: 'Remove spec.ref.digest, which is written from the lock, or renew the lock.',
  },
  'chart-misdirected': {
    severity: 'error',
    message: (url: string) =>
      `is not where the mirror has ${url}, which the annotation krm-hardening.dev/mirrored-chart names; remove the annotation and write the url of the source`,
    means: 'The url of an OCIRepository was edited after its chart was mirrored.',
    why: 'The lock of the annotated chart would be taken for another one.',
    fix: 'Remove the annotation and write the url that the chart has outside of the mirror.',
  },
  'chart-repository': {
    severity: 'warning',
    message: (url: string) =>
      `its charts have no digest, and no mirror applies; use an OCIRepository, or permit it by allowTag: {${JSON.stringify(url)}: {reason: …}}`,
    means: 'A HelmRepository lists its charts in an index, where a version has no digest that Flux checks.',
    why: 'Whoever can write to the repository decides what is installed under a version that is already reviewed.',
    fix: 'Use an OCIRepository, which most charts have by now, or name the url in allowTag with a reason.',
  },
  'no-mirror': {
    severity: 'warning',
    message: (image: string) =>
      `${image} is pulled from its source: no prefix of mirrors matches; add one, or list its prefix under internal`,
    means: 'The policy has mirrors, but none for this image.',
    why: NOT_MIRRORED,
    fix: 'Add a prefix of the image to mirrors, or to internal if it should stay where it is.',
  },
  'unknown-image': {
    severity: 'warning',
    message: (image: string) =>
      `found ${image}, which looks like an image that nothing has mirrored and pinned; name its place under places, or except it in auditExceptions with a reason`,
    means: 'A string outside of the known places looks like an image of a known registry.',
    why: `${NOT_MIRRORED} ${NOT_PINNED}`,
    fix: 'Name the field under places, or the string in auditExceptions if no pod runs it.',
  },
  'unknown-image-allowed': {
    severity: 'info',
    message: (image: string, reason: string) => `found ${image}, which no pod runs: ${reason}`,
    means: 'An entry of auditExceptions says that no pod runs this image.',
    why: 'If the reason is wrong, the image runs past mirror and lock.',
    fix: 'Nothing, as long as the reason holds.',
  },
  'lock-clash': {
    severity: 'error',
    message: (one: string, other: string) =>
      `${one} and ${other} are one image with two digests; keep the entry that is right`,
    means: 'Two entries of the lock spell one image in two ways and disagree.',
    why: 'Which of the two runs would depend on the spelling in the manifest.',
    fix: 'Keep the entry that is right.',
  },
  'lock-ambiguous': {
    severity: 'error',
    message: (key: string, tags: readonly string[]) =>
      `${key} has no tag, so the tags ${tags.join(' and ')} of the build would run the same image; write an entry for each tag`,
    means: 'A lock entry without a tag serves several tags of the build.',
    why: 'All of them would run one image, although they name different ones.',
    fix: 'Write an entry for each tag.',
  },
  'lock-unused': {
    severity: 'warning',
    message: (keys: readonly string[]) =>
      `nothing in the build uses ${keys.join(', ')}; remove unused entries, or set unusedLock: ignore if several stacks share one lock`,
    means: 'The lock has entries for images that the build does not run. unusedLock decides how that is reported.',
    why: 'A misspelt entry pins nothing, and old entries hide it.',
    fix: 'Remove the entries, or set unusedLock: ignore for a lock that several stacks share.',
  },
  'exception-unused': {
    severity: 'warning',
    message: (keys: readonly string[]) =>
      `nothing in the build runs ${keys.join(', ')} without a digest; remove unused exceptions`,
    means: 'An entry of allowTag is not needed any more, or its name is misspelt.',
    why: 'It would permit a later image that nobody has thought about.',
    fix: 'Remove the entry, or correct its name.',
  },
  'service-account-elsewhere': {
    severity: 'warning',
    message: (account: string, secrets: readonly string[]) =>
      `found service account ${account}, which is not in the build, so its pods pull without ${secrets.join(', ')}; add it to the build, or set on: pods in imagePullSecrets`,
    means: 'The pull secrets go on service accounts, but these pods use one that the build does not contain.',
    why: 'Nodes cannot pull from a mirror that asks for credentials.',
    fix: 'Add the ServiceAccount to the build, or set on: pods for these secrets.',
  },
  'pull-secrets-out-of-reach': {
    severity: 'warning',
    message: (secrets: readonly string[]) =>
      `its pods are made elsewhere, so they pull without ${secrets.join(', ')}; set its own field for pull secrets, or set on: serviceAccounts in imagePullSecrets`,
    means: 'An object that is not a pod names a mirrored image, and has no known field for pull secrets.',
    why: 'Nodes cannot pull from a mirror that asks for credentials.',
    fix: 'Set the field for pull secrets of the object or chart, or set on: serviceAccounts for these secrets.',
  },
})
