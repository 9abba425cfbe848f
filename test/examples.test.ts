import { join } from 'node:path'
import { catalog } from '../functions/catalog.ts'
import type { Answer } from '../functions/lib/runner/run.ts'
import { examplesOf, input, runExample, toDocuments } from './support/examples.ts'
import { golden } from './support/golden.ts'

// Every example folder is documentation, a golden test and a proof of idempotence.
describe.each([...catalog.map(({ name }) => name), 'hardening'])('%s', (name) => {
  describe.each(examplesOf(name))('$name', (example) => {
    const { resources, policy } = input(example)
    let answer: Answer
    beforeAll(async () => {
      answer = await runExample(resources, policy)
    })
    const isNegative = example.name.startsWith('refuses-') || example.name.startsWith('validates-')

    test('gives what the example shows', () => {
      const { stdout, stderr, exitCode } = answer
      const documents = toDocuments(stdout)
      expect(documents).toBe(golden(join(example.folder, 'expected.yaml'), documents))
      expect(stderr).toBe(golden(join(example.folder, 'findings.txt'), stderr))
      if (isNegative) {
        expect(stderr).toContain('error: ')
        expect([1, 2]).toContain(exitCode)
        expect(stdout).toBe('')
      } else {
        expect(exitCode).toBe(0)
        expect(documents).not.toBe('')
      }
    })

    if (!isNegative)
      test('changes nothing on its own output', async () => {
        const first = toDocuments(answer.stdout)
        const second = await runExample(first, policy)
        expect(toDocuments(second.stdout)).toBe(first)
        expect(second.exitCode).toBe(0)
        expect(second.stderr).not.toMatch(/: (?:changed|generated|removed)\b/)
        const validated = await runExample(
          first,
          policy.replace(/^spec:.*$/m, (line) => `${line.replace(' {}', '')}\n  mode: validate`),
        )
        expect(validated.stderr).not.toContain('error: ')
      })
  })
})
