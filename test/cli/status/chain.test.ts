import { type Explained, explain, type Link } from '../../../cli/status/chain.ts'
import fc from '../../support/fast-check.ts'

const compare = (a: Explained<Link>, b: Explained<Link>): number =>
  b.size - a.size || (a.links[0].id < b.links[0].id ? -1 : 1)

/** `a: b c`: a waits for b and c. */
const links = (...lines: string[]): Link[] =>
  lines.map((line) => {
    const [id = '', causes = ''] = line.split(': ')
    return { id, causes: causes.split(' ').filter(Boolean) }
  })

/** The chains as nested names. */
const shape = (explained: readonly Explained<Link>[]): unknown[] =>
  explained.map(({ links: all, circle, also, effects }) => ({
    [circle ? circle.join('>') : all.map(({ id }) => id).join('+')]: shape(effects),
    ...(also.length > 0 && { also }),
  }))
const chains = (...lines: string[]): unknown[] => shape(explain(links(...lines), compare))

describe('the chain of causes', () => {
  test('begins at what waits for nothing', () => {
    expect(chains('release: kustomization', 'kustomization: source', 'source')).toEqual([
      { source: [{ kustomization: [{ release: [] }] }] },
    ])
  })

  test('passes over what is healthy', () => {
    expect(chains('release: healthy')).toEqual([{ release: [] }])
  })

  test('shows an object below the first of its causes, and names the other roots', () => {
    expect(chains('release: pod source', 'pod', 'source')).toEqual([
      { pod: [{ release: [], also: ['source'] }] },
      { source: [] },
    ])
  })

  test('names no cause twice that leads to the same root', () => {
    expect(chains('release: workload pod', 'workload: pod', 'pod')).toEqual([
      { pod: [{ workload: [{ release: [] }] }] },
    ])
  })

  test('begins with the cause that explains most', () => {
    expect(chains('a', 'b', 'c: b').map((cause) => Object.keys(cause as object)[0])).toEqual(['b', 'a'])
  })
})

describe('a circle', () => {
  test('is a root cause, and whatever waits for one of its members follows from it', () => {
    expect(chains('a: b', 'b: c', 'c: a', 'd: b')).toEqual([{ 'a>b>c>a': [{ d: [] }] }])
  })

  test('may have one member, which waits for itself', () => {
    expect(chains('a: a')).toEqual([{ 'a>a': [] }])
  })

  test('is a cause even if one of its members also waits for something else', () => {
    expect(chains('a: b', 'b: a source', 'source')).toEqual([{ 'a>b>a': [], also: ['source'] }, { source: [] }])
  })

  test('has every member that leads to another, and shows the shortest way', () => {
    const [cause] = explain(links('a: b', 'b: a c', 'c: a'), compare)
    expect(cause?.links.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(cause?.circle).toEqual(['a', 'b', 'a'])
  })
})

describe('any graph, circles and all,', () => {
  const graph = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc
      .array(fc.array(fc.integer({ min: 0, max: count + 2 }), { maxLength: 4 }), {
        minLength: count,
        maxLength: count,
      })
      .map((all) => all.map((causes, id): Link => ({ id: `n${id}`, causes: causes.map((cause) => `n${cause}`) }))),
  )
  const all = (explained: readonly Explained<Link>[]): Explained<Link>[] =>
    explained.flatMap((one) => [one, ...all(one.effects)])

  test('explains each link once', () => {
    fc.assert(
      fc.property(graph, (given) => {
        const ids = all(explain(given, compare)).flatMap((one) => one.links.map(({ id }) => id))
        expect(ids.sort()).toEqual(given.map(({ id }) => id).sort())
      }),
    )
  })

  test('shows below a cause only what waits for it', () => {
    fc.assert(
      fc.property(graph, (given) => {
        for (const { links: above, effects } of all(explain(given, compare)))
          for (const { links: below } of effects) {
            const ids = above.map(({ id }) => id)
            expect(below.some(({ causes }) => causes.some((cause) => ids.includes(cause)))).toBe(true)
          }
      }),
    )
  })

  test('begins only at a circle, or at what waits for nothing unhealthy', () => {
    fc.assert(
      fc.property(graph, (given) => {
        const known = new Set(given.map(({ id }) => id))
        for (const { circle, links: roots } of explain(given, compare))
          if (!circle) expect(roots.flatMap(({ causes }) => causes.filter((cause) => known.has(cause)))).toEqual([])
      }),
    )
  })

  test('shows circles along links that exist, and counts what is below', () => {
    fc.assert(
      fc.property(graph, (given) => {
        const causes = new Map(given.map((link) => [link.id, link.causes]))
        for (const one of all(explain(given, compare))) {
          expect(one.size).toBe(all([one]).reduce((sum, { links: own }) => sum + own.length, 0))
          const way = one.circle ?? []
          expect(way[0]).toBe(way.at(-1))
          for (const [index, id] of way.slice(1).entries()) expect(causes.get(way[index] ?? '')).toContain(id)
        }
      }),
    )
  })

  test('is explained alike in whatever order it is given', () => {
    fc.assert(
      fc.property(graph, (given) => {
        expect(shape(explain(given.toReversed(), compare))).toEqual(shape(explain(given, compare)))
      }),
    )
  })

  test('is explained even if it is ten thousand links deep', () => {
    const row = Array.from({ length: 10_000 }, (_, id): Link => ({ id: `n${id}`, causes: [`n${id + 1}`] }))
    expect(explain(row, compare).map(({ size }) => size)).toEqual([10_000])
  })
})
