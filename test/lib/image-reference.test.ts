import { describe, expect, test } from '@jest/globals'
import {
  canonicalName,
  familiarName,
  formatReference,
  hasPlaceholder,
  InvalidReference,
  MAX_NAME_LENGTH,
  parseReference,
  spellingsOf,
  splitName,
} from '../../functions/lib/kubernetes/image-reference.ts'
import fc, { runs } from '../support/fast-check.ts'

const HEX = 'abcdef0123456789'.repeat(4)
const SHA256 = `sha256:${HEX}`

describe('a reference is a name, a tag and a digest', () => {
  test.each([
    ['nginx', { name: 'nginx' }],
    ['nginx:1.27', { name: 'nginx', tag: '1.27' }],
    ['grafana/mimir:3.0.0', { name: 'grafana/mimir', tag: '3.0.0' }],
    [`grafana/mimir@${SHA256}`, { name: 'grafana/mimir', digest: SHA256 }],
    [`grafana/mimir:3.0.0@${SHA256}`, { name: 'grafana/mimir', tag: '3.0.0', digest: SHA256 }],
    ['quay.io/coreos/etcd:v3.5.21', { name: 'quay.io/coreos/etcd', tag: 'v3.5.21' }],
    ['registry.example:5000/team/app', { name: 'registry.example:5000/team/app' }],
    ['registry.example:5000/team/app:1', { name: 'registry.example:5000/team/app', tag: '1' }],
    ['registry:5000/app', { name: 'registry:5000/app' }],
    ['app:5000', { name: 'app', tag: '5000' }],
    ['localhost/app:dev', { name: 'localhost/app', tag: 'dev' }],
    ['localhost:5001/app', { name: 'localhost:5001/app' }],
    ['192.0.2.7:5000/app:1', { name: '192.0.2.7:5000/app', tag: '1' }],
    ['[2001:db8::1]/app:1', { name: '[2001:db8::1]/app', tag: '1' }],
    ['[2001:db8::1]:5000/app', { name: '[2001:db8::1]:5000/app' }],
    ['[::1]:5000/app:1', { name: '[::1]:5000/app', tag: '1' }],
    ['Registry.Example/app', { name: 'Registry.Example/app' }],
    ['app:LATEST', { name: 'app', tag: 'LATEST' }],
    ['a__b/c-d/e.f/g---h', { name: 'a__b/c-d/e.f/g---h' }],
    [`app@sha512:${HEX}${HEX}`, { name: 'app', digest: `sha512:${HEX}${HEX}` }],
    ['xn--n3h.example/app', { name: 'xn--n3h.example/app' }],
    [`app:${'t'.repeat(128)}`, { name: 'app', tag: 't'.repeat(128) }],
    ['a'.repeat(MAX_NAME_LENGTH), { name: 'a'.repeat(MAX_NAME_LENGTH) }],
  ])('%s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference)
  })
})

describe('what is not a reference says why', () => {
  test.each([
    ['', 'no name'],
    [':1.0', 'no name'],
    [`@${SHA256}`, 'no name'],
    [' nginx', '" nginx" where a part of a repository name is expected'],
    ['nginx latest', '"nginx latest" where a part of a repository name is expected'],
    ['Grafana/mimir', 'upper case in "Grafana", where none is allowed'],
    ['quay.io/Coreos/etcd', 'upper case in "Coreos", where none is allowed'],
    ['registry:5000/Upper/lower', 'upper case in "Upper", where none is allowed'],
    ['a//b', '"" where a part of a repository name is expected'],
    ['quay.io/', '"" where a part of a repository name is expected'],
    ['/app', '"" where a part of a repository name is expected'],
    ['-app', '"-app" where a part of a repository name is expected'],
    ['app-', '"app-" where a part of a repository name is expected'],
    ['a..b', '"a..b" where a part of a repository name is expected'],
    ['a___b', '"a___b" where a part of a repository name is expected'],
    ['-host.example/app', '"-host.example" where a registry host is expected'],
    ['host_name.example/app', '"host_name.example" where a registry host is expected'],
    ['host.example:port/app', '"host.example:port" where a registry host is expected'],
    ['[fe80::1%eth0]/app', '"[fe80::1%eth0]" where a registry host is expected'],
    ['https://quay.io/app', '"https:" where a registry host is expected'],
    ['app:', 'the tag ""'],
    ['app:-1', 'the tag "-1"'],
    ['app:1+2', 'the tag "1+2"'],
    [`app:${'t'.repeat(129)}`, 'a tag of 129 characters, where 128 are allowed'],
    ['app@', 'a digest of the algorithm "", which is none of the registered'],
    ['app@md5:d41d8cd98f00b204e9800998ecf8427e', 'a digest of the algorithm "md5", which is none of the registered'],
    ['app@__proto__:00', 'a digest of the algorithm "__proto__", which is none of the registered'],
    [`app@sha256:${HEX.slice(1)}`, 'a digest of 63 digits, where sha256 has 64'],
    ['app@sha256', 'a digest of 0 digits, where sha256 has 64'],
    [`app@sha384:${HEX}`, 'a digest of 64 digits, where sha384 has 96'],
    [`app@${SHA256}:`, `the digest "${SHA256}:", which is not sha256: and lower-case hexadecimal digits`],
    [`app@${SHA256}g`, `the digest "${SHA256}g", which is not sha256: and lower-case hexadecimal digits`],
    [`app@sha512:${HEX}`, 'a digest of 64 digits, where sha512 has 128'],
    [
      `app@sha256:${HEX.toUpperCase()}`,
      `the digest "sha256:${HEX.toUpperCase()}", which is not sha256: and lower-case hexadecimal digits`,
    ],
    [`app@${SHA256}@${SHA256}`, 'two digests'],
    [HEX, 'a bare digest, which names no repository'],
    ['a'.repeat(256), 'a name of 256 characters, where 255 are allowed'],
    [`quay.io/${'a/'.repeat(124)}`, 'a name of 256 characters, where 255 are allowed'],
  ])('%s', (text, problem) => {
    expect(parseReference(text)).toEqual(new InvalidReference(problem))
  })
})

describe('the one name of an image of Docker Hub', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx'],
    ['library/nginx', 'docker.io/library/nginx'],
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['Docker.io/library/nginx', 'docker.io/library/nginx'],
    ['registry-1.docker.io/library/nginx', 'docker.io/library/nginx'],
    ['registry-1.docker.io/grafana/loki', 'docker.io/grafana/loki'],
    ['registry-1.docker.io/nginx', 'registry-1.docker.io/nginx'],
    ['registry-1.docker.io:443/library/nginx', 'docker.io/library/nginx'],
    ['index.docker.io:443/grafana/loki', 'docker.io/grafana/loki'],
    ['index.docker.io:443/nginx', 'index.docker.io:443/nginx'],
    ['registry.hub.docker.com/library/nginx', 'docker.io/library/nginx'],
    ['Registry.Hub.Docker.com:443/grafana/loki', 'docker.io/grafana/loki'],
    ['registry.hub.docker.com/nginx', 'registry.hub.docker.com/nginx'],
    ['hub.docker.com/library/nginx', 'hub.docker.com/library/nginx'],
    ['docker.io:443/library/nginx', 'docker.io:443/library/nginx'],
    ['registry-1.docker.io:5000/grafana/loki', 'registry-1.docker.io:5000/grafana/loki'],
    ['docker.io.example/nginx', 'docker.io.example/nginx'],
    ['localhost/nginx', 'localhost/nginx'],
    ['localhost:5000/nginx', 'localhost:5000/nginx'],
  ])('%s is %s', (name, canonical) => {
    expect(canonicalName(name)).toBe(canonical)
  })
})

describe('properties', () => {
  const alphanumeric = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  const separator = fc.constantFrom('.', '_', '__', '-', '--')
  const component = fc
    .tuple(alphanumeric, fc.array(fc.tuple(separator, alphanumeric), { maxLength: 2 }))
    .map(([first, rest]) => first + rest.flat().join(''))
  const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  const label = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,6}[A-Za-z0-9])?$/)
  const port = fc.integer({ min: 1, max: 65535 }).map((number) => `:${number}`)
  const host = fc.oneof(
    fc.tuple(label, label).map((labels) => labels.join('.')),
    fc.tuple(label, port).map((parts) => parts.join('')),
    fc
      .tuple(
        fc.ipV6().filter((address) => !address.includes('.')),
        fc.option(port, { nil: '' }),
      )
      .map(([address, suffix]) => `[${address}]${suffix}`),
    fc.constant('localhost'),
  )
  // Without a host, a first component with a dot in it would be taken for one.
  const hostless = path.filter((written) => splitName(written).host === undefined)
  const name = fc.oneof(
    hostless,
    fc.tuple(host, path).map((parts) => parts.join('/')),
  )
  const tag = fc.stringMatching(/^\w[\w.-]{0,20}$/)
  const digest = fc.stringMatching(/^[a-f0-9]{64}$/).map((digits) => `sha256:${digits}`)
  const reference = fc.record({ name, tag, digest }, { requiredKeys: ['name'] })

  test('what is formatted is parsed back to the same parts', () => {
    fc.assert(fc.property(reference, (parts) => expect(parseReference(formatReference(parts))).toEqual(parts)))
  })

  test('every spelling of a name has the same canonical and familiar name', () => {
    const hub = fc.constantFrom(
      'nginx',
      'library/nginx',
      'grafana/mimir',
      'library/a/b',
      'docker.io/nginx',
      'index.docker.io:443/a/b',
    )
    fc.assert(
      fc.property(fc.oneof(name, hub), (written) => {
        for (const spelling of [...spellingsOf(written), familiarName(written)])
          expect(canonicalName(spelling)).toBe(canonicalName(written))
        expect(spellingsOf(written)).toContain(familiarName(written))
      }),
    )
  })

  test('what parses is formatted back to the same text, whatever the text', () => {
    const text = fc.oneof(
      reference.map(formatReference),
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', 'B', '0', '.', '-', '_', '/', ':', '@', '[', ']', ' ') }),
    )
    fc.assert(
      fc.property(text, (written) => {
        const parsed = parseReference(written)
        if (!(parsed instanceof InvalidReference)) expect(formatReference(parsed)).toBe(written)
      }),
      { numRuns: runs(400) },
    )
  })

  test('a name has one canonical form, which is its own', () => {
    fc.assert(
      fc.property(name, (written) => expect(canonicalName(canonicalName(written))).toBe(canonicalName(written))),
    )
  })
})

describe('the host of a name', () => {
  test.each([
    ['nginx', { path: 'nginx' }],
    ['grafana/mimir', { path: 'grafana/mimir' }],
    ['quay.io/coreos/etcd', { host: 'quay.io', path: 'coreos/etcd' }],
    ['registry:5000/app', { host: 'registry:5000', path: 'app' }],
    ['localhost/app', { host: 'localhost', path: 'app' }],
    ['localhost', { path: 'localhost' }],
    ['[::1]/app', { host: '[::1]', path: 'app' }],
  ])('%s', (written, parts) => {
    expect(splitName(written)).toEqual(parts)
  })
})

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['library/nginx', 'docker.io/library/nginx'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/library/nginx', 'docker.io/library/nginx'],
  ['grafana/mimir', 'docker.io/grafana/mimir'],
  ['Quay.io/coreos/etcd', 'quay.io/coreos/etcd'],
  ['localhost/app', 'localhost/app'],
])('%s is %s', (written, canonical) => {
  expect(canonicalName(written)).toBe(canonical)
})

test.each([
  ['$(IMAGE)', true],
  [`\${IMAGE}`, true],
  [`quay.io/app:\${TAG:=1.0}`, true],
  ['quay.io/app:1.0', false],
  ['cost-$5', false],
])('%s has a placeholder: %s', (text, answer) => {
  expect(hasPlaceholder(text)).toBe(answer)
})

test.each([
  [
    'nginx',
    [
      'docker.io/library/nginx',
      'index.docker.io/library/nginx',
      'library/nginx',
      'docker.io/nginx',
      'index.docker.io/nginx',
      'nginx',
      'registry-1.docker.io/library/nginx',
      'registry.hub.docker.com/library/nginx',
    ],
  ],
  [
    'grafana/loki',
    [
      'docker.io/grafana/loki',
      'index.docker.io/grafana/loki',
      'grafana/loki',
      'registry-1.docker.io/grafana/loki',
      'registry.hub.docker.com/grafana/loki',
    ],
  ],
  ['quay.io/app', ['quay.io/app']],
  ['Quay.io/app', ['quay.io/app', 'Quay.io/app']],
])('people write %s as one of %j', (name, spellings) => expect(spellingsOf(name)).toEqual(spellings))

test.each([
  ['docker.io/library/nginx', 'nginx'],
  ['index.docker.io/grafana/loki', 'grafana/loki'],
  ['docker.io/library/a/b', 'library/a/b'],
  ['Quay.io/app', 'Quay.io/app'],
])('%s is short for %s', (name, familiar) => expect(familiarName(name)).toBe(familiar))
