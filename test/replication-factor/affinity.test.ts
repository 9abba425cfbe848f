import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { idOf, QUIET, run, workload } from './build.ts'

const HOST = 'kubernetes.io/hostname'
const term = (app: string, more: Fields = {}): Fields => ({
  topologyKey: HOST,
  labelSelector: { matchLabels: { app } },
  ...more,
})
const required = (...terms: Fields[]): Fields => ({ requiredDuringSchedulingIgnoredDuringExecution: terms })
const web = workload('Deployment', 'web')

/** What is said of a Deployment `cart`, next to a Deployment `web`, with this affinity. */
const about = async (affinity: Fields): Promise<string[]> => {
  const { findings } = await run([workload('Deployment', 'cart', { pod: { affinity } }), web], {
    ...QUIET,
    spread: 'off',
  })
  return findings.filter(({ id }) => /affinity/.test(id)).map(idOf)
}

test.each(['podAffinity', 'podAntiAffinity'])('a %s that selects no pod of the build is named', async (kind) =>
  expect(await about({ [kind]: required(term('wbe')) })).toEqual([`affinity-selects-nothing spec.affinity.${kind}`]),
)

test('an affinity to the pods of another workload is what affinities are for', async () =>
  expect(await about({ podAffinity: required(term('web')) })).toEqual([]))

test('an anti-affinity that selects only others is named, unless another one keeps its own pods apart', async () => {
  expect(await about({ podAntiAffinity: required(term('web')) })).toEqual([
    'anti-affinity-of-others spec.affinity.podAntiAffinity',
  ])
  expect(await about({ podAntiAffinity: required(term('web'), term('cart')) })).toEqual([])
})

test.each([
  ['a namespace of another build', { namespaces: ['other'] }],
  ['namespaces by their labels', { namespaceSelector: { matchLabels: { team: 'a' } } }],
])('nothing is said of pods in %s', async (_what, more) =>
  expect(await about({ podAffinity: required(term('wbe', more)) })).toEqual([]),
)
