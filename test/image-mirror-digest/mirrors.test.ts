import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Mirrors } from '../../functions/image-mirror-digest/decide/mirrors.ts'

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
    ['docker.io/library/nginx', toTarget(`${MIRROR}/docker.io/library/nginx`)],
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
  ])('%s', (name, standing) => {
    expect(mirrors.standing(name)).toEqual(standing)
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
    expect(mirrors.standing(name)).toEqual({ as: 'mirrored', sources: [source] })
  })

  test('also where an internal prefix holds the mirror', () => {
    const inside = new Mirrors({ mirrors: { '*': 'ghcr.io/team/mirror' }, internal: { 'ghcr.io/team': {} } })
    expect(inside.standing('ghcr.io/team/mirror/nginx')).toEqual({ as: 'mirrored', sources: ['nginx'] })
    expect(inside.standing('ghcr.io/team/bot')).toEqual({ as: 'internal' })
  })

  test('but not where a longer internal prefix holds it', () => {
    const beside = new Mirrors({ mirrors: { '*': 'ghcr.io/team' }, internal: { 'ghcr.io/team/apps': {} } })
    expect(beside.standing('ghcr.io/team/apps/bot')).toEqual({ as: 'internal' })
    expect(beside.standing('ghcr.io/team/nginx')).toEqual({ as: 'mirrored', sources: ['nginx'] })
  })

  test('of nested targets, by the prefix that leads there', () => {
    const nested = new Mirrors({ mirrors: { 'gcr.io': MIRROR, 'quay.io/coreos': `${MIRROR}/coreos` }, internal: {} })
    expect(nested.standing(`${MIRROR}/coreos/etcd`)).toEqual({
      as: 'mirrored',
      sources: ['quay.io/coreos/etcd', 'gcr.io/coreos/etcd'],
    })
    expect(nested.standing(`${MIRROR}/app`)).toEqual({ as: 'mirrored', sources: ['gcr.io/app'] })
  })

  test('and of a target that is shared, several', () => {
    const shared = new Mirrors({ mirrors: { 'gcr.io': MIRROR, 'quay.io': MIRROR }, internal: {} })
    expect(shared.standing(`${MIRROR}/app`)).toEqual({ as: 'mirrored', sources: ['gcr.io/app', 'quay.io/app'] })
  })
})

describe('Docker Hub is matched however it is written, and what follows the prefix is kept as it is written', () => {
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
    expect(hub.standing(name)).toEqual(toTarget(target))
  })
})

test('a name that no prefix matches is unknown', () => {
  expect(new Mirrors({ mirrors: { 'quay.io': MIRROR }, internal: {} }).standing('gcr.io/app')).toEqual({
    as: 'unknown',
  })
})

test('what was mirrored is mirrored, whatever the name', () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,6}$/)
  const host = fc.constantFrom('quay.io', 'quay.io/coreos', 'docker.io', 'docker.io/library', 'gcr.io', 'localhost')
  const name = fc.tuple(fc.option(host, { nil: undefined }), fc.array(component, { minLength: 1, maxLength: 3 }))
  fc.assert(
    fc.property(name, ([prefix, path]) => {
      const written = [...(prefix === undefined ? [] : [prefix]), ...path].join('/')
      const standing = mirrors.standing(written)
      if (standing.as !== 'source') throw new Error(`${written} is ${standing.as}`)
      expect(mirrors.standing(standing.target)).toEqual({ as: 'mirrored', sources: [written] })
    }),
  )
})
