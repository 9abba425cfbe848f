import { revisionOf } from '../../functions/flux-conventions/rules/remote-resource.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'

test.each<[url: string, by: ReturnType<typeof revisionOf>]>([
  ['https://raw.githubusercontent.com/example/app/main/crd.yaml', 'branch'],
  ['https://raw.githubusercontent.com/example/app/refs/heads/main/crd.yaml', 'branch'],
  ['https://raw.githubusercontent.com/example/app/v1.2.3/crd.yaml', 'tag'],
  ['https://raw.githubusercontent.com/example/app/refs/tags/v1.2.3/crd.yaml', 'tag'],
  [`https://raw.githubusercontent.com/example/app/${COMMIT}/crd.yaml`, 'commit'],
  ['https://github.com/example/app/releases/download/v1.2.3/crd.yaml', 'tag'],
  ['https://github.com/example/app/releases/latest/download/crd.yaml', 'branch'],
  ['https://github.com/example/app//deploy?ref=v1.2.3', 'tag'],
  ['https://github.com/example/app//deploy?ref=main', 'branch'],
  [`github.com/example/app/deploy?timeout=90s&ref=${COMMIT}`, 'commit'],
  ['https://github.com/example/app//deploy', 'branch'],
  ['https://github.com/example/app/raw/chart-1.2.3/crd.yaml', 'tag'],
  ['https://github.com/example/app/raw/main/v1.2.3/crd.yaml', 'branch'],
  ['https://github.com/example/app/archive/refs/tags/stable.tar.gz', 'tag'],
  ['https://github.com/example/app/archive/refs/heads/main.zip', 'branch'],
  ['https://github.com/example/app/archive/v1.2.3.tar.gz', 'tag'],
  [`https://github.com/example/app/blob/${COMMIT}/crd.yaml`, 'commit'],
  [`https://github.com/example/app/archive/${COMMIT}.zip`, 'commit'],
  ['https://github.com/example/app//deploy?ref=chart-1.2.3rc1', 'tag'],
  ['https://github.com/example/app//deploy?version=1.2', 'tag'],
  ['https://github.com/example/app//deploy?ref=release-1', 'branch'],
  ['https://example.com/releases/v1.2.3/install.yaml', 'tag'],
])('%s follows a %s', (url, by) => {
  expect(revisionOf(url)).toBe(by)
})
