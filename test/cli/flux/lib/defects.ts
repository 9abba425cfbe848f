import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { edit } from '../../lib/command-line.ts'
import { applyEdits, type Edit, HOMELAB, homelab, LIST, NOTES, RELEASE } from './homelab.ts'

/** A defect of the homelab: how it comes about, and what is found. */
interface Defect {
  edits: Edit[]
  found: string
}

/** One defect for each rule, which must be the only finding. */
export const DEFECTS: Readonly<Record<string, Defect>> = {
  'depends-exists': {
    edits: [[NOTES, 'name: internal\n    namespace: network', 'name: internal']],
    found: 'Kustomization web/notes',
  },
  'depends-cycle': {
    edits: [
      [
        'apps/network/internal/ks.yaml',
        '  interval:',
        '  dependsOn:\n  - name: notes\n    namespace: web\n  interval:',
      ],
    ],
    found: 'Kustomization network/internal',
  },
  schema: { edits: [[RELEASE, '  interval:', '  retryInterval: 2m\n  interval:']], found: 'HelmRelease web/notes' },
  'api-version': { edits: [[RELEASE, 'fluxcd.io/v2', 'fluxcd.io/v2beta2']], found: 'HelmRelease web/notes' },
  'chart-pinned': { edits: [[RELEASE, '4.0.1', '4.x']], found: 'HelmRelease web/notes' },
  'chart-digest': {
    edits: [
      ['flux/meta/repos/kustomization.yaml', '- app-template.yaml', '- app-template.yaml\n- oci.yaml'],
      [
        'flux/meta/repos/oci.yaml',
        'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: chart\nspec:\n  interval: 1h\n  url: oci://registry.example.com/chart\n  ref:\n    tag: 1.2.3\n',
      ],
    ],
    found: 'OCIRepository flux-system/chart',
  },
  'default-password': {
    edits: [[RELEASE, '  values:\n', '  values:\n    auth:\n      password: hunter2\n']],
    found: 'HelmRelease web/notes',
  },
  'secret-kind': {
    edits: [
      [LIST, '- secret.yaml', '- secret.yaml\n- plain.yaml'],
      [
        'apps/web/notes/app/plain.yaml',
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: plain\nstringData:\n  key: hunter2\n',
      ],
    ],
    found: 'Secret web/plain',
  },
  'secret-legacy': {
    edits: [
      [LIST, '- secret.yaml', '- secret.yaml\n- old.sops.yaml'],
      [
        'apps/web/notes/app/old.sops.yaml',
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: old\nstringData:\n  key: ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]\nsops:\n  version: 3.9.4\n',
      ],
    ],
    found: 'Secret web/old',
  },
  'ingress-class': {
    edits: [
      ['apps/web/notes/app/ingress.yaml', 'ingressClassName: internal', 'ingressClassName: external'],
      [
        'apps/web/notes/app/ingress.yaml',
        '  name: notes\nspec',
        '  name: notes\n  annotations:\n    external-dns.alpha.kubernetes.io/target: public.${DOMAIN}\nspec',
      ],
    ],
    found: 'Ingress web/notes',
  },
  'external-dns': {
    edits: [['apps/web/echo/app/ingress.yaml', 'external-dns.alpha.kubernetes.io/target', 'example.com/other']],
    found: 'Ingress web/echo',
  },
  'remote-resource': {
    edits: [[LIST, '- secret.yaml', '- secret.yaml\n- https://raw.githubusercontent.com/example/app/main/crd.yaml']],
    found: 'Kustomization web/notes',
  },
  'source-exists': {
    edits: [[RELEASE, 'name: bjw-s\n        namespace: flux-system', 'name: bjw-s']],
    found: 'HelmRelease web/notes',
  },
  'source-namespace': {
    edits: [[NOTES, 'name: flux-system\n    namespace: flux-system', 'name: flux-system']],
    found: 'Kustomization web/notes',
  },
  substitute: {
    edits: [
      ['apps/web/namespace.yaml', '  name: web\n', '  name: web\n  annotations:\n    example.com/at: ${DOMAIN}\n'],
    ],
    found: 'Namespace web',
  },
  'values-exist': {
    edits: [[RELEASE, '  values:', '  valuesFrom:\n  - kind: ConfigMap\n    name: notes-values\n  values:']],
    found: 'HelmRelease web/notes',
  },
  build: { edits: [[LIST, '- secret.yaml', '- secret.yaml\n- missing.yaml']], found: 'Kustomization web/notes' },
  path: { edits: [[NOTES, './apps/web/notes/app', './apps/web/note/app']], found: 'Kustomization web/notes' },
  readiness: { edits: [[NOTES, 'wait: true', 'wait: false']], found: 'Kustomization web/notes' },
  wait: {
    edits: [
      [
        NOTES,
        'wait: true',
        'healthChecks:\n  - apiVersion: helm.toolkit.fluxcd.io/v2\n    kind: HelmRelease\n    name: notes\n    namespace: web',
      ],
    ],
    found: 'Kustomization web/notes',
  },
  timeout: { edits: [[NOTES, '  timeout: 5m\n', '']], found: 'Kustomization web/notes' },
  prune: { edits: [[NOTES, 'prune: true', 'prune: false']], found: 'Kustomization web/notes' },
  'retries-finite': { edits: [[RELEASE, 'retries: 3', 'retries: -1']], found: 'HelmRelease web/notes' },
  'retries-set': {
    edits: [[RELEASE, '  upgrade:\n    remediation:\n      retries: 3\n', '']],
    found: 'HelmRelease web/notes',
  },
  resources: {
    edits: [
      [RELEASE, '              limits:\n                memory: 64Mi\n', '              # limits: {memory: 64Mi}\n'],
    ],
    found: 'HelmRelease web/notes',
  },
  'namespace-pss': {
    edits: [['apps/web/namespace.yaml', '  labels:\n    pod-security.kubernetes.io/enforce: restricted\n', '']],
    found: 'Namespace web',
  },
  'namespace-exists': {
    edits: [['apps/external-secrets/kustomization.yaml', '- namespace.yaml\n', '# - namespace.yaml\n']],
    found: 'Kustomization external-secrets/external-secrets',
  },
  'target-namespace': {
    edits: [
      [NOTES, '  targetNamespace: web\n', ''],
      [LIST, 'resources:', 'namespace: web\nresources:'],
    ],
    found: 'Kustomization web/notes',
  },
  'interval-tier': {
    edits: [['apps/network/internal/ks.yaml', 'interval: 5m', 'interval: 1h']],
    found: 'Kustomization network/internal',
  },
  'health-checks-ignored': {
    edits: [
      [
        NOTES,
        'wait: true',
        'wait: true\n  healthChecks:\n  - apiVersion: helm.toolkit.fluxcd.io/v2\n    kind: HelmRelease\n    name: notes\n    namespace: web',
      ],
    ],
    found: 'Kustomization web/notes',
  },
  'source-location': {
    edits: [
      ['flux/meta/repos/kustomization.yaml', '- app-template.yaml', '- ../app-template.yaml'],
      ['flux/meta/app-template.yaml', readFileSync(join(HOMELAB, 'flux/meta/repos/app-template.yaml'), 'utf8')],
    ],
    found: 'HelmRepository flux-system/bjw-s',
  },
  'common-metadata': {
    edits: [[NOTES, '  commonMetadata:\n    labels:\n      app.kubernetes.io/name: notes\n', '']],
    found: 'Kustomization web/notes',
  },
  'retry-interval': { edits: [[NOTES, '  retryInterval: 2m\n', '']], found: 'Kustomization web/notes' },
}

const NOTES_FOLDER = 'apps/web/notes'
const isOfNotes = ({ edits }: Defect): boolean => edits.some(([file]) => file.startsWith(NOTES_FOLDER))
const named = (rule: string, text: string): string => text.replaceAll(/\bnotes\b/g, `notes-${rule}`)

/** All defects in one tree, each in an app of its own, because a defect may hide others: an app that does not build has no other findings. */
export function allDefects(): string {
  const root = homelab()
  for (const [rule, defect] of Object.entries(DEFECTS)) {
    const { edits } = defect
    if (isOfNotes(defect)) {
      const app = join(root, named(rule, NOTES_FOLDER))
      cpSync(join(HOMELAB, NOTES_FOLDER), app, { recursive: true })
      cpSync(join(root, LIST), join(app, 'app/kustomization.yaml'))
      for (const file of ['ks.yaml', 'app/release.yaml', 'app/secret.yaml', 'app/ingress.yaml'])
        edit(join(app, file), (text) => named(rule, text))
      edit(join(root, 'apps/web/kustomization.yaml'), (text) => `${text}- notes-${rule}/ks.yaml\n`)
    }
    applyEdits(
      root,
      isOfNotes(defect) ? edits.map((one) => one.map((part) => named(rule, part)) as unknown as Edit) : edits,
    )
  }
  return root
}

/** What is found of a defect in that tree. */
export const findingOf = ([rule, defect]: [string, Defect]): string =>
  `${rule}: ${isOfNotes(defect) ? named(rule, defect.found) : defect.found}`
