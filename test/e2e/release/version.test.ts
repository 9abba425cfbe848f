import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../../../package.json'
import lock from '../../../package-lock.json'

const root = join(__dirname, '../../..')

/** What people copy: pages, workflows, policies and packages. Tests and examples choose their own versions. */
const files = execFileSync(
  'git',
  [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '*.md',
    'integrations',
    'packages',
    'functions/hardening/policy.yaml',
  ],
  { cwd: root, encoding: 'utf8' },
)
  .trim()
  .split('\n')

const REFERENCE = /\bkrm-hardening(?:-[a-z]+)?[:#]v(\d+\.\d+\.\d+)/g

const references = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(REFERENCE)].map(([reference, named]) => ({
    file,
    reference,
    named,
  })),
)

test('every version of this project that a file names is that of package.json', () => {
  expect(references.filter(({ named }) => named !== version)).toEqual([])
  expect(lock.version).toBe(version)
})

test.each([
  'integrations/flux/push-artifact.yaml',
  'integrations/flux/release-artifact.yaml',
  'integrations/flux/validate.yaml',
  'integrations/github/verify.yaml',
  'integrations/renovate/lock-charts.yaml',
  'functions/hardening/policy.yaml',
])('%s names a version', (path) => expect(references.map(({ file }) => file)).toContain(path))
