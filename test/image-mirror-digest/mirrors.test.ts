import { describe, expect, test } from '@jest/globals'
import { Mirrors } from '../../functions/image-mirror-digest/decide/mirrors.ts'
import { canonicalName } from '../../functions/lib/kubernetes/image-reference.ts'
import fc from '../support/fast-check.ts'

const MIRROR = 'registry.internal/mirror'
const mirrors = new Mirrors({
  mirrors: {
    '*': MIRROR,
    'quay.io': 'registry.internal/quay',
    'quay.io/coreos': 'registry.internal/coreos',
    'registry.example:5000': 'registry.internal/example',
    'ghcr.io/team/upstream': 'registry.internal/upstream',
  },
  internal: { 'ghcr.io/team': {}, 'registry.internal/apps': {} },
})
const toTarget = (target: string) => ({ as: 'source', target })

describe('a name goes where its longest prefix says', () => {
  test.each([
    ['nginx', toTarget(`${MIRROR}/nginx`)],
    ['grafana/mimir', toTarget(`${MIRROR}/grafana/mimir`)],
    ['docker.io/library/nginx', toTarget(`${MIRROR}/nginx`)],
    ['quay.io/strimzi/operator', toTarget('registry.internal/quay/strimzi/operator')],
    ['quay.io/coreos/etcd', toTarget('registry.internal/coreos/etcd')],
    ['quay.io/coreosx/etcd', toTarget('registry.internal/quay/coreosx/etcd')],
    ['quay.io.example/app', toTarget(`${MIRROR}/quay.io.example/app`)],
    ['registry.example:5000/app', toTarget('registry.internal/example/app')],
    ['ghcr.io/team/bot', { as: 'internal' }],
    ['ghcr.io/team', { as: 'internal' }],
    ['ghcr.io/team/upstream/app', toTarget('registry.internal/upstream/app')],
    ['ghcr.io/teams/bot', toTarget(`${MIRROR}/ghcr.io/teams/bot`)],
    ['registry.internal/apps/web', { as: 'internal' }],
  ])('%s', (name, status) => {
    expect(mirrors.statusOf(name)).toEqual(status)
  })
})

describe('a name under a target is mirrored already, and its source is known', () => {
  test.each([
    [`${MIRROR}/nginx`, 'nginx'],
    [`${MIRROR}/gcr.io/app`, 'gcr.io/app'],
    ['registry.internal/quay/strimzi/operator', 'quay.io/strimzi/operator'],
    ['registry.internal/coreos/etcd', 'quay.io/coreos/etcd'],
    ['registry.internal/example/app', 'registry.example:5000/app'],
  ])('%s', (name, source) => {
    expect(mirrors.statusOf(name)).toEqual({ as: 'mirrored', sources: [source] })
  })

  test('also if an internal prefix holds the mirror', () => {
    const inside = new Mirrors({ mirrors: { '*': 'ghcr.io/team/mirror' }, internal: { 'ghcr.io/team': {} } })
    expect(inside.statusOf('ghcr.io/team/mirror/nginx')).toEqual({ as: 'mirrored', sources: ['nginx'] })
    expect(inside.statusOf('ghcr.io/team/bot')).toEqual({ as: 'internal' })
  })

  test('but not if a longer internal prefix holds it', () => {
    const nextTo = new Mirrors({ mirrors: { '*': 'ghcr.io/team' }, internal: { 'ghcr.io/team/apps': {} } })
    expect(nextTo.statusOf('ghcr.io/team/apps/bot')).toEqual({ as: 'internal' })
    expect(nextTo.statusOf('ghcr.io/team/nginx')).toEqual({ as: 'mirrored', sources: ['nginx'] })
  })

  test('also under nested targets, by the prefix that leads there', () => {
    const nested = new Mirrors({ mirrors: { 'gcr.io': MIRROR, 'quay.io/coreos': `${MIRROR}/coreos` }, internal: {} })
    expect(nested.statusOf(`${MIRROR}/coreos/etcd`)).toEqual({
      as: 'mirrored',
      sources: ['quay.io/coreos/etcd', 'gcr.io/coreos/etcd'],
    })
    expect(nested.statusOf(`${MIRROR}/app`)).toEqual({ as: 'mirrored', sources: ['gcr.io/app'] })
  })

  test('but a prefix is no source of what a longer one sends elsewhere', () => {
    const partly = new Mirrors({ mirrors: { 'a.io': MIRROR, 'b.io': MIRROR, 'a.io/x': 'other.io' }, internal: {} })
    expect(partly.statusOf(`${MIRROR}/x/app`)).toEqual({ as: 'mirrored', sources: ['b.io/x/app'] })
    expect(partly.statusOf(`${MIRROR}/y/app`)).toEqual({ as: 'mirrored', sources: ['a.io/y/app', 'b.io/y/app'] })
  })

  test('but the target itself is no image of every name', () => {
    const every = new Mirrors({ mirrors: { '*': MIRROR }, internal: {} })
    expect(every.statusOf(MIRROR)).toEqual(toTarget(`${MIRROR}/${MIRROR}`))
  })

  test('and an internal prefix that is the target itself hides nothing', () => {
    const same = new Mirrors({ mirrors: { '*': MIRROR }, internal: { [MIRROR]: {} } })
    expect(same.statusOf(`${MIRROR}/nginx`)).toEqual({ as: 'mirrored', sources: ['nginx'] })
  })

  test('and has several sources if the target is shared', () => {
    const shared = new Mirrors({ mirrors: { 'gcr.io': MIRROR, 'quay.io': MIRROR }, internal: {} })
    expect(shared.statusOf(`${MIRROR}/app`)).toEqual({ as: 'mirrored', sources: ['gcr.io/app', 'quay.io/app'] })
  })
})

describe('an image of Docker Hub is one image, however its name is spelled', () => {
  const hub = new Mirrors({
    mirrors: { 'docker.io': 'm/hub', 'docker.io/library': 'm/official', 'grafana/mimir': 'm/mimir' },
    internal: {},
  })
  test.each([
    ['nginx', 'm/official/nginx'],
    ['docker.io/nginx', 'm/official/nginx'],
    ['docker.io/library/nginx', 'm/official/nginx'],
    ['index.docker.io/library/nginx', 'm/official/nginx'],
    ['bitnami/redis', 'm/hub/bitnami/redis'],
    ['docker.io/bitnami/redis', 'm/hub/bitnami/redis'],
    ['docker.io/grafana/mimir', 'm/mimir'],
  ])('%s', (name, target) => {
    expect(hub.statusOf(name)).toEqual(toTarget(target))
  })

  test.each([
    ['*', 'm/caddy'],
    ['docker.io', 'm/library/caddy'],
    ['index.docker.io', 'm/library/caddy'],
    ['docker.io/library', 'm/caddy'],
    ['library', 'm/caddy'],
    ['docker.io/caddy', 'm'],
    ['docker.io/library/caddy', 'm'],
    ['caddy', 'm'],
  ])('under the prefix %s it goes to %s', (prefix, target) => {
    const by = new Mirrors({ mirrors: { [prefix]: 'm' }, internal: {} })
    for (const name of [
      'caddy',
      'library/caddy',
      'docker.io/caddy',
      'docker.io/library/caddy',
      'index.docker.io/caddy',
    ])
      expect(by.statusOf(name)).toEqual(toTarget(target))
    expect(by.statusOf('index.docker.io/library/caddy')).toEqual(toTarget(target))
  })

  test('also as a mirror', () => {
    const by = new Mirrors({ mirrors: { 'quay.io': 'docker.io/team' }, internal: {} })
    for (const name of ['team/coreos/etcd', 'index.docker.io/team/coreos/etcd'])
      expect(by.statusOf(name)).toEqual({ as: 'mirrored', sources: ['quay.io/coreos/etcd'] })
  })
})

test('a name that no prefix matches is unknown', () => {
  expect(new Mirrors({ mirrors: { 'quay.io': MIRROR }, internal: {} }).statusOf('gcr.io/app')).toEqual({
    as: 'unknown',
  })
})

test('a name that was mirrored counts as mirrored, whatever it is', () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,6}$/)
  const host = fc.constantFrom('quay.io', 'quay.io/coreos', 'docker.io', 'docker.io/library', 'gcr.io', 'localhost')
  const name = fc.tuple(fc.option(host, { nil: undefined }), fc.array(component, { minLength: 1, maxLength: 3 }))
  fc.assert(
    fc.property(name, ([prefix, path]) => {
      const written = [...(prefix === undefined ? [] : [prefix]), ...path].join('/')
      const status = mirrors.statusOf(written)
      if (status.as !== 'source') throw new Error(`${written} is ${status.as}`)
      const mirrored = mirrors.statusOf(status.target)
      if (mirrored.as !== 'mirrored') throw new Error(`${status.target} is ${mirrored.as}`)
      expect(mirrored.sources.map(canonicalName)).toEqual([canonicalName(written)])
    }),
  )
})

describe('a rule for one host of Docker Hub is a rule for all of them', () => {
  test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io'])('%s', (host) => {
    const hub = new Mirrors({ mirrors: { [host]: MIRROR }, internal: {} })
    for (const name of [
      'nginx',
      'docker.io/nginx',
      'index.docker.io/library/nginx',
      'registry-1.docker.io/library/nginx',
    ])
      expect(hub.statusOf(name)).toEqual(toTarget(`${MIRROR}/library/nginx`))
    expect(hub.statusOf('registry-1.docker.io/grafana/loki')).toEqual(toTarget(`${MIRROR}/grafana/loki`))
    expect(hub.statusOf('registry-2.docker.io/grafana/loki')).toEqual({ as: 'unknown' })
  })
})
