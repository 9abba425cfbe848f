import { defineRule } from './rule.ts'

/** What a kustomization takes from a URL is pinned to a commit, or at least to a tag. */
export const remoteResource = defineRule({
  name: 'remote-resource',
  severity: 'error',
  means: 'A kustomization takes resources from a URL: by a branch, which is an error, or by a tag.',
  why: 'What is applied can change without a change in Git: a branch moves with every commit, a tag can be moved.',
  fix: 'Copy the file into the tree, or name the commit.',
  *violations({ repository }) {
    for (const { entry, file, url } of repository?.remotes ?? []) {
      const by = revisionOf(url)
      if (by === 'commit') continue
      yield {
        object: entry.object,
        path: 'spec.path',
        severity: by === 'tag' ? 'warning' : 'error',
        found: `${url} in ${file}, which follows a ${by}`,
        expected: 'a file of the tree, or a URL with the commit',
      }
    }
  },
})

const COMMIT = /^[0-9a-f]{40}$/
const TAG = /^(?:refs\/tags\/.+|v?\d+(?:\.\d+)+[\w.+-]*|[\w.-]+-v?\d+(?:\.\d+)+[\w.+-]*)$/

/** What the revision in a URL of Git is: a commit, a tag, or else a branch. */
export function revisionOf(url: string): 'commit' | 'tag' | 'branch' {
  if (/\/releases\/download\//.test(url)) return 'tag'
  const [, ref] = /[?&](?:ref|version)=([^&]+)/.exec(url) ?? []
  const [, raw] =
    /^https:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(refs\/(?:heads|tags)\/[^/]+|[^/]+)\//.exec(url) ?? []
  const [, blob] = /\/(?:raw|blob|archive)\/(refs\/(?:heads|tags)\/[^/]+|[^/]+)/.exec(url) ?? []
  const revision = (ref ?? raw ?? blob ?? '').replace(/\.(?:tar\.gz|zip)$/, '')
  if (COMMIT.test(revision)) return 'commit'
  return TAG.test(revision) ||
    [...url.matchAll(/\/([^/]+)/g)].some(([, part = '']) => revision === '' && TAG.test(part))
    ? 'tag'
    : 'branch'
}
