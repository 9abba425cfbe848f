import { explainFinding, run } from '../../functions/index.ts'
import { toResourceList } from '../support/examples.ts'
import { forgetFindings } from '../support/forget-findings.ts'
import { plan } from './sixth-function.ts'

afterAll(forgetFindings('team-label'))

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n'
const policy = (kind: string, spec: string): string =>
  `apiVersion: krm-hardening.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: policy}\nspec: ${spec}\n`

test('a function from outside runs next to the five, as a section of a Hardening', async () => {
  const hardening = policy('Hardening', '{securityContext: {}, team: {name: payments}}')
  const { stdout, stderr, exitCode } = await run(toResourceList(NAMESPACE, hardening), plan)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/pod-security\.kubernetes\.io\/enforce[\s\S]*team: payments/)
  expect(stderr).toContain('info: team-label/written: Namespace shop: belongs to payments\n')
})

test('and on its own, with its schema and its findings', async () => {
  const answer = await run(toResourceList(NAMESPACE, policy('TeamLabel', '{team: payments}')), plan)
  expect(answer).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('error: policy/unknown-field: ') })
  expect(explainFinding('team-label/written')).toMatchObject({ means: 'The object got the label of its team.' })
})
